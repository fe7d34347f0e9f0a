/** `npm test`: installs and builds what is not there yet, then every check and every test. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installBrowser } from "./browser.mjs";
import { bin, build, install, root, run, runBeside } from "./setup.mjs";

install();
build();
installBrowser();

const failed = [];
const only = process.argv.slice(2);

const prettierCache = join("node_modules", ".cache", "prettier-check");
const checks = [
  ["docs", process.execPath, "scripts/docs.mjs"],
  ["format", bin("prettier"), "--check", "--log-level=warn", "--cache", `--cache-location=${prettierCache}`, "."],
  ["packages", process.execPath, "scripts/check-packages.mjs"],
  ["lint", bin("oxlint"), "--type-aware", "--deny-warnings"],
  ["types", bin("tsc"), "-p", "tsconfig.test.json"],
  ["unused", bin("knip"), "--no-config-hints"],
];

/** Each check runs even if one before it failed, so that one look shows everything. */
async function check(name, work) {
  if (only.length > 0 && !only.includes(name)) return;
  const start = performance.now();
  const ok = await work();
  if (!ok) failed.push(name);
  process.stderr.write(`${ok ? "ok    " : "FAILED"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}

// Most of them compute on one core: two at a time.
async function checkInTurn() {
  for (let next = checks.shift(); next; next = checks.shift()) {
    const [name, command, ...args] = next;
    await check(name, () => runBeside(command, args));
  }
}
await Promise.all([checkInTurn(), checkInTurn()]);

const report = join(mkdtempSync(join(tmpdir(), "spectrai-test-")), "report.json");
await check("tests", () =>
  run(bin("vitest"), ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`]),
);

let counted = "";
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
  counted = `tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`;
  rmSync(join(report, ".."), { recursive: true });
}
process.stdout.write(failed.length > 0 ? `Failed: ${failed.join(", ")}\n` : `All checks passed in ${root}.\n`);
if (counted) process.stdout.write(`${counted}\n`);
process.exit(failed.length > 0 ? 1 : 0);
