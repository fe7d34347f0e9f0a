import type { Section } from "./blocks.ts";
import { markup, type Markup } from "./markup.ts";
import { page, type PagePart } from "./page/page.ts";
import { renderBlock } from "./render-block.ts";
import type { ReportData } from "./report-data.ts";
import { configMarkup, filesMarkup } from "./sections/config.ts";
import { curvesSection } from "./sections/curves.ts";
import { errorsSection } from "./sections/errors.ts";
import { examplesMarkup } from "./sections/examples.ts";
import { headerMarkup } from "./sections/header.ts";
import { methodsSection } from "./sections/methods.ts";
import { splitMarkup } from "./sections/split.ts";
import { verdictOf } from "./verdict.ts";

/**
 * The report of a run as one self-contained HTML page: readable without a network and without JavaScript, on paper, in
 * light and dark. Text from the data is escaped wherever it appears.
 */
export function renderReport(data: ReportData): string {
  const verdict = verdictOf(data);
  const parts = [
    sectionPart("results", methodsSection(data, verdict)),
    part("examples", "Examples", examplesMarkup(data)),
    ...(data.sections ?? []).map((section, i) => sectionPart(`section-${i + 1}`, section)),
    sectionPart("errors", errorsSection(data, verdict)),
    sectionPart("curves", curvesSection(data)),
    part("split", "Split", splitMarkup(data)),
    part("config", "Config", configMarkup(data)),
    part("files", "Files and versions", filesMarkup(data)),
  ].filter((p) => p !== undefined);
  return page(
    data.title,
    headerMarkup(data, verdict),
    parts,
    "Written by spectrai. This page is self-contained: it can be kept, sent and printed.",
  );
}

const part = (id: string, title: string, content: Markup | undefined): PagePart | undefined =>
  content && { id, title, content };

const sectionPart = (id: string, section: Section | undefined): PagePart | undefined =>
  section && {
    id,
    title: section.title,
    content: markup`${section.intro && markup`<p>${section.intro}</p>`}${section.blocks.map((block) => renderBlock(block))}`,
  };
