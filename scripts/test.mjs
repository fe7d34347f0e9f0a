/** `npm test`: installs and builds what is not there yet, then every check and every test. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installBrowser } from "./browser.mjs";
import { bin, build, install, root, run } from "./setup.mjs";

install();
build();
installBrowser();

const failed = [];
const only = process.argv.slice(2);

/** Each check runs even if one before it failed, so that one look shows everything. */
function check(name, command, args, options = { quiet: true }) {
  if (only.length > 0 && !only.includes(name)) return;
  const start = performance.now();
  const ok = run(command, args, options);
  if (!ok) failed.push(name);
  process.stderr.write(`${ok ? "ok    " : "FAILED"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}

check("format", bin("prettier"), [
  "--check",
  "--log-level=warn",
  "--cache",
  "--cache-location=node_modules/.cache/prettier-check",
  ".",
]);
check("lint", bin("oxlint"), ["--type-aware", "--deny-warnings"]);
check("types", bin("tsc"), ["-p", "tsconfig.test.json"]);
check("unused", bin("knip"), ["--no-config-hints"]);
check("packages", process.execPath, ["scripts/check-packages.mjs"]);
check("docs", process.execPath, ["scripts/docs.mjs"]);

const report = join(mkdtempSync(join(tmpdir(), "spectrai-test-")), "report.json");
check("tests", bin("vitest"), ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`], {});

let counted = "";
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
  counted = `tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`;
  rmSync(join(report, ".."), { recursive: true });
}
process.stdout.write(failed.length > 0 ? `Failed: ${failed.join(", ")}\n` : `All checks passed in ${root}.\n`);
if (counted) process.stdout.write(`${counted}\n`);
process.exit(failed.length > 0 ? 1 : 0);
