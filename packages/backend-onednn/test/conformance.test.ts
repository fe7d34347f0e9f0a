import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { onednnBackend } from "../src/index.ts";
import { describeNative } from "./support/native.ts";

describeNative("the onednn backend", () => {
  beforeAll(async () => {
    const backend = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
    await backend.init();
  });

  testBackend("onednn");
});
