/** Debian's packages, where this process may install them. */
import { spawnSync } from "node:child_process";

const works = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;

export const mayInstall = () => process.getuid?.() === 0 && works("apt-get");

/**
 * Installs packages. Asks no question, and gives up soon where there is no network.
 *
 * @param {readonly string[]} packages
 * @param {string} purpose what for, as it stands after "for"
 * @returns {boolean} whether it worked
 */
export function installFromDebian(packages, purpose) {
  const limit = ["-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10", "-o", "Acquire::Retries=0"];
  const apt = (...args) =>
    spawnSync("apt-get", ["-qq", ...limit, ...args], {
      stdio: "ignore",
      timeout: 240_000,
      killSignal: "SIGKILL",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  const install = () => apt("install", "-y", "--no-install-recommends", ...packages);
  process.stderr.write(`Installing ${packages.join(", ")} from Debian's packages for ${purpose}\n`);
  return install() || (apt("-o", "APT::Update::Error-Mode=any", "update") && install());
}
