import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { wasmBackend } from "../src/index.ts";

beforeAll(async () => {
  const backend = await wasmBackend.create({ threads: 2 }, {});
  await backend.init();
});

testBackend("wasm");
