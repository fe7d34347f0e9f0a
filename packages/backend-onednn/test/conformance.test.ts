import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { onednnBackend } from "../src/index.ts";

beforeAll(async () => {
  const backend = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
  await backend.init();
});

testBackend("onednn");
