import { defineConfig } from "vitest/config";

// Tests run on the sources, so that nothing needs building first.
const conditions = ["@spectrai/source"];

/**
 * Tests that compute on `cpu` and leave nothing behind share a process, file after file: to load the packages anew for each
 * would be a quarter of all tests' time. Fixtures are computed on every backend.
 */
const together =
  "packages/{augment,baselines,core,datasets,interop,io-formats,linalg,losses,models-*,nn,preprocess,report,tracking}/test/**/!(fixtures).test.ts";

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: "scripts/test-environment.mjs",
    testTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "together", include: [together], isolate: false, setupFiles: "scripts/test-backend.ts" },
      },
      {
        extends: true,
        test: {
          name: "apart",
          include: ["{packages/*,bench,docs,examples}/test/**/*.test.ts"],
          exclude: [together, "**/node_modules/**"],
        },
      },
    ],
  },
});
