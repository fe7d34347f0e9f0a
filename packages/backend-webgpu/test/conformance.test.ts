import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { webgpuBackend } from "../src/index.ts";

beforeAll(async () => {
  const backend = await webgpuBackend.create({ power: "high-performance", cache: 1024 }, {});
  await backend.init();
});

testBackend("webgpu");
