import { formatCount, formatSeconds } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportData } from "../report-data.ts";
import type { Verdict } from "../verdict.ts";

const reasons: Readonly<Record<string, string>> = {
  "early-stopping": "stopped early, as validation no longer improved",
  interrupted: "interrupted before the last epoch",
  failed: "failed",
};

/** Title, verdict, warnings and the facts of the run. */
export function headerMarkup(data: ReportData, verdict: Verdict): Markup {
  const { run, model, backend, data: source } = data;
  const facts: [string, string | undefined][] = [
    ["Task", run.task],
    ["Model", joined(model.name, model.about)],
    ["Parameters", formatCount(model.parameters)],
    ["Backend", backend && joined(backend.name, backend.device)],
    ["Data", source && joined(source.source, source.about)],
    ["Date", run.date && formatDate(run.date)],
    [
      "Duration",
      joined(
        run.seconds === undefined ? undefined : formatSeconds(run.seconds),
        run.epochs === undefined ? undefined : `${run.epochs} epochs`,
      ),
    ],
    ["Ended", run.reason && reasons[run.reason]],
    ["Run", run.id],
  ];
  return markup`<header><h1>${data.title}</h1><p class="verdict ${verdict.winner}">${verdict.text}</p>${(
    run.warnings ?? []
  ).map(
    (warning) => markup`<div class="text warning"><p>${warning}</p></div>`,
  )}<dl class="facts">${facts.map(([name, value]) => value && markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${
    (source?.citation || source?.licence) &&
    markup`<p class="muted">Data: ${[source.citation, source.licence && `Licence: ${source.licence}.`].filter(Boolean).join(" ")}</p>`
  }</header>`;
}

function joined(a: string | undefined, b: string | undefined): string | undefined {
  return a && b ? `${a}, ${b}` : (a ?? b);
}

/** `2026-11-22T13:07:00.000Z` → `2026-11-22 13:07 UTC`; other texts stay as they are. */
export const formatDate = (date: string): string =>
  date.replace(
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/,
    (_, day: string, time: string, zone?: string) =>
      `${day} ${time}${zone === undefined ? "" : zone === "Z" ? " UTC" : ` ${zone}`}`,
  );
