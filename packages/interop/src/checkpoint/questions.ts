import { SpectraiError } from "@spectrai/core";

/** Everything that has to be asked is asked at once. */
export class Questions {
  readonly #file: string;
  readonly #open: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(what: string, how: string): undefined {
    this.#open.push(`${what} (${how})`);
    return undefined;
  }

  /** What is told cannot be what the parameters are. */
  contradict(possible: readonly string[], told: string): never {
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `By its parameters ${this.#file} is a ${possible.join(" or ")}, and it is said to be ${told}; name the config that it was trained with, or say nothing of this.`,
    );
  }

  ask(): void {
    if (this.#open.length > 0)
      throw new SpectraiError(
        "SPECTRAI_USAGE",
        `${this.#file} does not say ${this.#open.join(", nor ")}; say it, or name the config it was trained with: --config FILE.yml.`,
      );
  }
}
