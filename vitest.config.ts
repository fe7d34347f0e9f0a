import { defineConfig } from "vitest/config";

// Tests run on the sources, so that nothing needs building first.
const conditions = ["@spectrai/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "docs/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "examples/test/**/*.test.ts",
    ],
    globalSetup: "scripts/test-environment.mjs",
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
