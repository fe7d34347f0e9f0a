import { type Component, defineComponent, optimizers } from "@spectrai/core";
import losses from "@spectrai/losses";
import * as nn from "@spectrai/nn";
import { expect, test } from "vitest";
import { layerCases, parityCases } from "../src/index.ts";

/** What `@spectrai/nn` exports besides layers: initial values, names, sizes, parameters of PyTorch. */
const others = (
  "fanIn fanOut zeros ones constant uniform normal torchBias kaimingUniform heNormal xavierUniform xavierNormal " +
  "interpolationMatrix networkModel networkSize parameterScope primeFactors stemOptions activationNames makeActivation " +
  "normNames makeNorm looksAtWholeSample summary formatSummary torchKind fromTorch toTorch loadTorchState"
).split(" ");

test("every layer of @spectrai/nn has a case, and every loss but the sum of others", () => {
  const covered = new Set(layerCases().map((c) => c.layer));
  expect(
    Object.keys(nn)
      .filter((name) => !covered.has(name))
      .sort(),
  ).toEqual(others.sort());
  const titles = parityCases([]).map((c) => c.title);
  for (const { kind, name } of losses.components)
    if (kind === "loss" && name !== "sum") expect(titles.some((t) => t.startsWith(`loss ${name}, `))).toBe(true);
});

test("titles are unique", () => {
  const titles = parityCases([]).map((c) => `${c.kind} ${c.title}`);
  expect(titles.filter((t, i) => titles.indexOf(t) !== i)).toEqual([]);
});

test("a model that is not known is taken with its defaults, in the first task that it supports", () => {
  const model = (supports: Component["supports"]): Component<"model"> =>
    defineComponent({
      kind: "model",
      name: "unheard-of",
      summary: "Never built here.",
      schema: optimizers.sgd.schema,
      ...(supports ? { supports } : {}),
      create: () => ({ build: () => expect.unreachable() }),
    });
  const titles = (supports: Component["supports"]): string[] =>
    parityCases([model(supports)])
      .filter((c) => c.title.startsWith("unheard-of"))
      .map((c) => `${c.kind} ${c.title}`);
  expect(titles({ tasks: ["segmentation"], data: ["cube"] })).toEqual([
    "model unheard-of, cube for segmentation",
    "training unheard-of, cube for segmentation",
  ]);
  expect(titles(undefined)).toContain("model unheard-of, spectrum for denoising");
  expect(titles({ tasks: ["a-task-of-its-own"] })).toEqual([]);
});
