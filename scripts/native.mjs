/**
 * Builds the addon of packages/backend-onednn where its sources, the compiler or oneDNN have changed since the last time.
 *   node scripts/native.mjs             what is missing is installed on Debian as root, and named in a sentence otherwise
 *   node scripts/native.mjs --package   also fills the platform's package, in packages/backend-onednn/platforms or in
 *                                       the folder that follows
 *   node scripts/native.mjs --sanitize  builds for AddressSanitizer and UBSan, and runs the backend's tests under them
 * CXX names the compiler (g++, clang++), ONEDNN a folder with include/ and lib/ of oneDNN, SPECTRAI_ONEDNN_BUILD the folder
 * below packages/backend-onednn/build. The status is 1 where there is no addon afterwards; setup.mjs goes on without.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join, relative } from "node:path";
import { installFromDebian, mayInstall } from "./debian.mjs";
import { root } from "./setup.mjs";

const folder = join(root, "packages", "backend-onednn");
const sources = join(folder, "native");
const oneDnn = process.env.ONEDNN;
const versionFile = join(oneDnn ?? "/usr", "include", "oneapi", "dnnl", "dnnl_version.h");
const addonName = "spectrai_onednn.node";

const say = (sentence) => process.stderr.write(`${sentence}\n`);
const without = (reason) => say(`The native backend is not built: ${reason}; the wasm backend is used in its place.`);

/** What a program prints, or undefined where it cannot be run or fails. */
function output(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });
  return result.status === 0 ? result.stdout : undefined;
}

const works = (program) => output(program, ["--version"]) !== undefined;
const compiler = () => process.env.CXX ?? ["g++", "clang++"].find(works);

/** Debian's packages that are needed and not there. */
const missing = () => [
  ...(existsSync(versionFile) ? [] : ["libdnnl-dev"]),
  ...(compiler() !== undefined ? [] : ["g++"]),
  ...(works("make") ? [] : ["make"]),
];

/** Why the addon cannot be built here; undefined where it can. */
function obstacle() {
  if (process.platform !== "linux") return "it needs Linux";
  if (oneDnn !== undefined && !existsSync(versionFile))
    return `${versionFile} is missing, in the folder that ONEDNN names`;
  let packages = missing();
  if (packages.length === 0) return undefined;
  if (mayInstall()) {
    installFromDebian(packages, "the native backend");
    packages = missing();
  }
  if (packages.length === 0) return undefined;
  return `it needs ${packages.join(", ")} (sudo apt-get install ${packages.join(" ")})`;
}

const hashOf = (...parts) => parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256"));

/** Changes with everything that a build is made from but its sources, which make sees itself. */
function tools(cxx) {
  const flags = ["CPPFLAGS", "CXXFLAGS", "LDFLAGS"].map((name) => process.env[name] ?? "");
  const makefile = readFileSync(join(sources, "Makefile"));
  return hashOf(cxx, output(cxx, ["--version"]) ?? "", oneDnn ?? "", readFileSync(versionFile), makefile, ...flags);
}

/** And with the sources. */
function everything(toolsHash) {
  const hash = hashOf(toolsHash);
  const files = readdirSync(join(sources, "src"), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  for (const path of files.map((e) => join(e.parentPath, e.name)).sort())
    hash.update(relative(sources, path)).update(readFileSync(path));
  return hash.digest("hex");
}

/** Makes build/`mode`. @returns the addon's path, or undefined, having said why */
function build(mode, variables = []) {
  const reason = obstacle();
  if (reason !== undefined) return void without(reason);
  const out = join(folder, "build", mode);
  const addon = join(out, addonName);
  const stamp = join(out, "stamp.json");
  const toolsHash = tools(compiler()).digest("hex");
  const wanted = { tools: toolsHash, all: everything(toolsHash) };
  const made = existsSync(stamp) && existsSync(addon) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  if (made.all === wanted.all) return addon;
  say("Building the native backend");
  const jobs = ["-C", sources, `-j${availableParallelism()}`, ...(made.tools === wanted.tools ? [] : ["-B"])];
  const result = spawnSync("make", [...jobs, `OUT=${out}`, `CXX=${compiler()}`, ...variables], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 1_200_000,
  });
  if (result.status !== 0) {
    const lines = (result.stderr ?? "").split("\n").filter((line) => /error|\*\*\*/i.test(line));
    process.stderr.write(`${lines.slice(0, 10).join("\n")}\n`);
    return void without(`${compiler()} failed with the messages above`);
  }
  writeFileSync(stamp, JSON.stringify(wanted));
  return addon;
}

/** Libraries that every glibc system with a C++ program on it has. */
const fromSystem = /^(linux-vdso|ld-linux[\w-]*|libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|libgomp)\.so/;

/** The libraries that the addon needs beside it: name → path here. */
function librariesOf(addon) {
  const listed = output("ldd", [addon]) ?? "";
  const found = [...listed.matchAll(/^\s*(\S+) => (\/\S+)/gm)].map(([, name, path]) => [basename(name), path]);
  return found.filter(([name]) => !fromSystem.test(name));
}

/** Debian's statement of authors and licences of the package that a library came from. */
function notice(path) {
  const owner = [path, path.replace(/^\/lib\//, "/usr/lib/")]
    .map((p) => output("dpkg", ["-S", p])?.split(":")[0])
    .find((name) => name !== undefined);
  const file = `/usr/share/doc/${owner}/copyright`;
  if (owner === undefined || !existsSync(file)) throw new Error(`there is no statement of the licence of ${path}`);
  return `${basename(path)}, from Debian's package ${owner}:\n\n${readFileSync(file, "utf8").trim()}\n`;
}

/** Fills the package of this platform, there or in a folder: the addon, the libraries it brings, and their licences. */
function fillPackage(addon, into) {
  const place = join(folder, "platforms", `${process.platform}-${process.arch}`);
  if (!existsSync(join(place, "package.json"))) {
    say(`There is no package for ${process.platform}-${process.arch} in packages/backend-onednn/platforms.`);
    return false;
  }
  const target = into ?? place;
  if (into !== undefined) {
    mkdirSync(into, { recursive: true });
    for (const file of ["package.json", "README.md"]) copyFileSync(join(place, file), join(into, file));
  }
  const lib = join(target, "lib");
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(lib);
  copyFileSync(addon, join(lib, addonName));
  const libraries = librariesOf(addon);
  for (const [name, path] of libraries) copyFileSync(path, join(lib, name));
  // Debian's statements refer to the full text of the Apache licence by its place on a Debian system.
  const texts = [...libraries.map(([, path]) => notice(path)), readFileSync(join(root, "LICENSE"), "utf8")];
  writeFileSync(join(lib, "THIRD-PARTY-NOTICES"), texts.join(`\n${"-".repeat(80)}\n\n`));
  say(`${target}: ${[addonName, ...libraries.map(([name]) => name)].join(", ")}`);
  return true;
}

/** Runs the backend's tests with the addon that checks itself. Leaks are not looked for: Node has its own. */
function sanitize() {
  const addon = build("sanitize", ["SANITIZE=1"]);
  if (addon === undefined) return false;
  // Node itself is not built for it, so the checker's library has to be there before everything else.
  const asan = output("ldd", [addon])?.match(/=> (\S*asan\S*)/)?.[1];
  // The loader's test is about installed packages, which are not built for the checkers.
  const names = readdirSync(join(folder, "test")).filter((n) => n.endsWith(".test.ts") && n !== "loader.test.ts");
  const tests = names.map((name) => `packages/backend-onednn/test/${name}`);
  const result = spawnSync(
    process.execPath,
    [join(root, "node_modules", "vitest", "vitest.mjs"), "run", "--maxWorkers=1", "--testTimeout=600000", ...tests],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
      env: {
        ...process.env,
        SPECTRAI_ONEDNN_BUILD: "sanitize",
        LD_PRELOAD: asan,
        ASAN_OPTIONS: "detect_leaks=0:allocator_may_return_null=1",
        UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
      },
    },
  );
  return result.status === 0;
}

const [flag, into] = process.argv.slice(2);
if (flag !== undefined && flag !== "--package" && flag !== "--sanitize") {
  say(`node scripts/native.mjs has no option ${flag}; it has --package and --sanitize.`);
  process.exit(2);
}
let ok;
if (flag === "--sanitize") ok = sanitize();
else {
  const addon = build(process.env.SPECTRAI_ONEDNN_BUILD ?? "release");
  ok = addon !== undefined && (flag !== "--package" || fillPackage(addon, into));
}
process.exit(ok ? 0 : 1);
