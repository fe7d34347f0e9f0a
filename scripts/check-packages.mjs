/** What would be published: publint on every package, and what a changeset release relies on. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, root, run } from "./setup.mjs";

let ok = true;
const complain = (message) => {
  ok = false;
  process.stderr.write(`${message}\n`);
};

// All at once: to start pnpm for each would take three times as long.
const packed = mkdtempSync(join(tmpdir(), "spectrai-packed-"));
if (!run("pnpm", ["-r", "pack", "--pack-destination", packed, "--config.ignore-scripts=true"], { quiet: true }))
  ok = false;

/** What is published of a package has what its package.json promises. */
function lint(name, version) {
  const archive = join(packed, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  if (!run(bin("publint"), ["run", archive, "--strict"], { quiet: true })) ok = false;
}

/** Hold compiled code alone, which `native.mjs --package` puts there at a release. */
const platforms = join(root, "packages", "backend-onednn", "platforms");
const onednn = JSON.parse(readFileSync(join(platforms, "..", "package.json"), "utf8"));
for (const folder of readdirSync(platforms).sort()) {
  const path = join(platforms, folder);
  const { name, version, license, os, cpu, libc, scripts } = JSON.parse(
    readFileSync(join(path, "package.json"), "utf8"),
  );
  if (license !== "Apache-2.0") complain(`${name}: the licence must be Apache-2.0`);
  if (version !== onednn.version) complain(`${name}: the version must be that of ${onednn.name}, ${onednn.version}`);
  if (onednn.optionalDependencies[name] !== "workspace:*")
    complain(`${onednn.name}: ${name} must be optional, workspace:*`);
  if (name !== `${onednn.name}-${folder}` || `${os}-${cpu}` !== folder || libc?.[0] !== "glibc")
    complain(`${name}: name, os, cpu and libc must say ${folder} with glibc`);
  if (scripts) complain(`${name}: must run nothing when it is installed`);
  lint(name, version);
}

for (const folder of readdirSync(join(root, "packages")).sort()) {
  const path = join(root, "packages", folder);
  const {
    name,
    version,
    license,
    peerDependencies = {},
    dependencies = {},
    devDependencies = {},
    exports,
  } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  if (license !== "Apache-2.0") complain(`${name}: the licence must be Apache-2.0`);
  const usesCore =
    name !== "@spectrai/core" &&
    [...Object.keys(peerDependencies), ...Object.keys(dependencies), ...Object.keys(devDependencies)].includes(
      "@spectrai/core",
    );
  if (usesCore && peerDependencies["@spectrai/core"] !== "workspace:>=0.1.0 <1")
    complain(`${name}: @spectrai/core must be a peer dependency on workspace:>=0.1.0 <1`);
  if (dependencies["@tensorflow/tfjs-core"]) complain(`${name}: @tensorflow/tfjs-core must be a peer dependency`);
  for (const [key, value] of Object.entries(exports ?? {}))
    if (typeof value === "object" && !value.types) complain(`${name}: exports["${key}"] has no types`);
  for (const [dependency, range] of Object.entries(dependencies))
    if (!/^(\d+\.\d+\.\d+|workspace:\^|catalog:)/.test(range))
      complain(`${name}: ${dependency} is not pinned exactly (${range})`);
  const source = readFileSync(join(path, "src", "index.ts"), "utf8");
  const stated = /definePlugin\(\{[\s\S]*?version: "([^"]+)"/.exec(source)?.[1];
  if (stated !== undefined && stated !== version)
    complain(`${name}: the plugin says version ${stated}, package.json says ${version}`);
  lint(name, version);
}
rmSync(packed, { recursive: true });
process.exit(ok ? 0 : 1);
