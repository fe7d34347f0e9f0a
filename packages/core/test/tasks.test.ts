import { describe, expect, it } from "vitest";
import { indexAxis } from "../src/axes.ts";
import type { TargetSpec } from "../src/contracts/sample.ts";
import type { ComponentRef, Task } from "../src/contracts/task.ts";
import { whoProvides } from "../src/directory.ts";
import {
  compatibilityMatrix,
  dataKinds,
  explainUnsuitable,
  type SupportedComponent,
  tasks,
} from "../src/tasks/index.ts";

const named = tasks.map((component) => ({ name: component.name, task: component.create({}, {}) as Task }));
const get = (name: string) => named.find((t) => t.name === name)!;

const targets: Readonly<Record<TargetSpec["kind"], TargetSpec>> = {
  spectral: { kind: "spectral", shape: [500], axis: indexAxis(500) },
  mask: { kind: "mask", classes: ["road", "tree", "roof"], ignored: 255 },
  class: { kind: "class", classes: ["a", "b"] },
  numbers: { kind: "numbers", names: ["fat", "water"], units: ["%", "%"] },
  none: { kind: "none" },
};

describe("tasks", () => {
  it("say what a model must give for their targets", () => {
    expect(get("denoising").task.output(targets.spectral)).toEqual({ kind: "spectral", shape: [500] });
    expect(get("calibration").task.output(targets.spectral)).toEqual({ kind: "spectral", shape: [500] });
    expect(get("super-resolution").task.output(targets.spectral)).toEqual({ kind: "spectral", shape: [500] });
    expect(get("classification").task.output(targets.class)).toEqual({ kind: "class", classes: 2 });
    expect(get("segmentation").task.output(targets.mask)).toEqual({ kind: "mask", classes: 3 });
    expect(get("regression").task.output(targets.numbers)).toEqual({ kind: "numbers", count: 2 });
  });

  it.each(named)("$name refuses every other target, in the words of explainUnsuitable", ({ name, task }) => {
    for (const target of Object.values(targets)) {
      const why = explainUnsuitable({ name, task }, { target: target.kind });
      expect(why === undefined).toBe(task.targets.includes(target.kind));
      if (why !== undefined)
        expect(() => task.output(target)).toThrow(
          expect.objectContaining({ code: "SPECTRAI_TASK_UNSUITABLE", message: why }),
        );
    }
  });

  it.each(named)("$name has a reason for every kind of data it is not for, and defaults for the others", ({ task }) => {
    for (const data of dataKinds) {
      if (!task.data.includes(data)) {
        expect(task.reasons[data]).toMatch(/\.$/);
        continue;
      }
      const defaults = task.defaults(data);
      expect(defaults.metrics.map((m) => (typeof m === "string" ? m : m.name))).toContain(defaults.monitor);
      expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults);
    }
  });

  it("have the default denoising recipe", () => {
    expect(get("denoising").task.defaults("spectrum")).toMatchObject({
      model: "spectral-denoiser",
      loss: "mse",
      metrics: ["mse", "mae", "psnr", "sam"],
      monitor: "mse",
      baselines: ["raw", "savitzky-golay", "whittaker", "pca", "pca-regression", "ridge"],
      preprocess: ["max-normalize"],
      augment: ["noise-resample"],
      train: { keep: "last", epochs: 24, minSteps: 200, learningRate: 1e-3 },
    });
  });

  // Baselines may be missing: a run without them says so. What a run cannot do without has to exist.
  it("default to models, losses, metrics and steps that some package provides", () => {
    const missing = tasks.flatMap(({ name }) => {
      const { task } = get(name);
      return task.data.flatMap((data) => {
        const { model, loss, metrics, preprocess, augment } = task.defaults(data);
        const needed = [
          ["model", model],
          ["loss", loss],
          ...metrics.map((m) => ["metric", m]),
          ...preprocess.map((p) => ["transform", p]),
          ...augment.map((a) => ["augmentation", a]),
        ] as [string, ComponentRef][];
        return needed.flatMap(([kind, ref]) => {
          const of = typeof ref === "string" ? ref : ref.name;
          return whoProvides(kind, of) === undefined ? [`${name} (${data}): ${kind} ${of}`] : [];
        });
      });
    });
    expect(missing).toEqual([]);
  });
});

describe("explainUnsuitable", () => {
  const dice: SupportedComponent = { kind: "loss", name: "dice", supports: { tasks: ["segmentation"] } };
  const rcan: SupportedComponent = { kind: "model", name: "rcan", supports: { data: ["cube"] } };
  const anywhere: SupportedComponent = { kind: "metric", name: "mse" };

  it("gives the task's own reason for data it is not for", () => {
    expect(explainUnsuitable(get("segmentation"), { data: "spectrum" })).toBe(
      "Segmentation labels the pixels of an image, and a spectrum has none; classification gives whole spectra a class.",
    );
    expect(
      explainUnsuitable({ name: "odd", task: { data: ["cube"], targets: [], reasons: {} } }, { data: "spectrum" }),
    ).toBe('The task "odd" is for hyperspectral cubes, not for spectra.');
  });

  it("says what targets the task learns from", () => {
    expect(explainUnsuitable(get("denoising"), { data: "spectrum", target: "class" })).toBe(
      'The task "denoising" learns from target spectra or cubes, but the data come with one class a sample.',
    );
  });

  it("says what a component is for", () => {
    expect(explainUnsuitable(get("denoising"), { component: dice })).toBe(
      'The loss "dice" is for segmentation, not for denoising.',
    );
    expect(explainUnsuitable(get("denoising"), { data: "spectrum", component: rcan })).toBe(
      'The model "rcan" is for hyperspectral cubes, not for spectra.',
    );
    expect(explainUnsuitable(get("segmentation"), { data: "cube", target: "mask", component: dice })).toBeUndefined();
    expect(
      explainUnsuitable(get("regression"), { data: "spectrum", target: "numbers", component: anywhere }),
    ).toBeUndefined();
  });

  it("is what the matrix holds, for every task, kind of data and component", () => {
    const components = [dice, rcan, anywhere];
    const matrix = compatibilityMatrix(named, components);
    expect(matrix).toHaveLength(named.length * 2 * components.length);
    for (const entry of matrix) {
      const component = components.find((c) => c.name === entry.name)!;
      expect(entry.reason).toBe(explainUnsuitable(get(entry.task), { data: entry.data, component }));
    }
    expect(matrix.filter((e) => e.reason === undefined).map((e) => `${e.task}/${e.data}/${e.name}`)).toEqual([
      "calibration/spectrum/mse",
      "classification/spectrum/mse",
      "classification/cube/rcan",
      "classification/cube/mse",
      "denoising/spectrum/mse",
      "denoising/cube/rcan",
      "denoising/cube/mse",
      "regression/spectrum/mse",
      "regression/cube/rcan",
      "regression/cube/mse",
      "segmentation/cube/dice",
      "segmentation/cube/rcan",
      "segmentation/cube/mse",
      "super-resolution/cube/rcan",
      "super-resolution/cube/mse",
    ]);
  });
});
