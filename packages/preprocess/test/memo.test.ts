import { linearAxis } from "@spectrai/core";
import { expect, it } from "vitest";
import { perAxis, perLength } from "../src/steps/memo.ts";

it("remembers the last four axes by their values", () => {
  const made: number[] = [];
  const memo = perAxis((axis) => made.push(axis.values.length));
  const axis = (length: number) => linearAxis(0, 1, length, "nm"); // a new object every time
  for (const length of [2, 3, 2, 3, 4, 5, 2, 3]) memo(axis(length));
  expect(made).toEqual([2, 3, 4, 5]);
  memo(axis(6)); // pushes out 4, the longest unused
  for (const length of [5, 2, 3, 6, 4]) memo(axis(length));
  expect(made).toEqual([2, 3, 4, 5, 6, 4]);
});

it("remembers by length", () => {
  const made: number[] = [];
  const memo = perLength((length) => {
    made.push(length);
    return { length };
  });
  expect(memo(7)).toBe(memo(7));
  memo(8);
  expect(memo(7).length).toBe(7);
  expect(made).toEqual([7, 8]);
});
