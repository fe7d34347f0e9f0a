import { classColors } from "@spectrai/core";
import { classColor } from "@spectrai/report";
import { expect, it } from "vitest";

it("gives a class one colour in files and in reports", () => {
  const count = 60;
  expect(classColors(count)).toEqual(Array.from({ length: count }, (_, k) => classColor(k)));
  expect(new Set(classColors(24).map(String)).size).toBe(24);
});
