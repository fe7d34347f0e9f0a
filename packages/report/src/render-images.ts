import type { ColorBar, ColorKey, ImagesBlock, TitledImage } from "./blocks.ts";
import { formatNumber } from "./format.ts";
import { ramp } from "./image/maps.ts";
import { markup, trusted, type Markup } from "./markup.ts";
import { hexOf } from "./plot/tones.ts";

const pngPattern = /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/;

/** Whether a page may show it: nothing else than a PNG data URL, so that a report never asks the network. */
export const isPng = (text: unknown): boolean => typeof text === "string" && pngPattern.test(text);

/** Pictures side by side under their legend. */
export function imagesMarkup({ images, keys = [], bar, caption }: ImagesBlock, width: number): Markup {
  const shown = images.filter((image) => isPng(image.png) && image.width > 0 && image.height > 0);
  const missing = images.length - shown.length;
  const wide = widthOf(shown, width);
  return markup`<figure>${keys.length > 0 && markup`<ul class="legend fixed">${keys.map(keyMarkup)}</ul>`}${
    bar && barMarkup(bar)
  }<div class="pictures">${shown.map((image) => pictureMarkup(image, wide))}</div>${
    missing > 0 && markup`<p>${missing} picture${missing > 1 && "s"} cannot be shown.</p>`
  }${caption && markup`<figcaption>${caption}</figcaption>`}</figure>`;
}

/** How wide all pictures of a row are drawn: whole multiples of the pixels of the finest one, as far as they fit. */
function widthOf(images: readonly TitledImage[], page: number): number {
  const [first] = images;
  if (!first) return 0;
  const most =
    images.length === 1 ? page : images.length === 2 ? Math.min(page / 2 - 9, 410) : Math.min(page / 3 - 12, 270);
  const tallest = images.length === 1 ? 640 : 420;
  const finest = images.reduce((a, b) => (b.width > a.width ? b : a));
  // Alone, a small picture would fill the page.
  const fit = Math.min(most / finest.width, tallest / finest.height, images.length === 1 ? 8 : Infinity);
  return Math.max(24, Math.round((fit > 1 ? Math.floor(fit) : fit) * finest.width));
}

const pictureMarkup = ({ title, png, alt, width, height }: TitledImage, wide: number): Markup => {
  const tall = Math.max(1, Math.round((wide * height) / width));
  return markup`<figure style="width:${wide}px"><figcaption>${title}</figcaption><img src="${png}" alt="${alt}" width="${wide}" height="${tall}"${wide >= width && markup` class="crisp"`}></figure>`;
};

const colorPattern = /^#[0-9a-f]{6}$/;

const keyMarkup = ({ label, color }: ColorKey): Markup =>
  color !== undefined && colorPattern.test(color)
    ? markup`<li><span class="key swatch" style="background:${color}"></span>${label}</li>`
    : markup`<li><span class="key swatch hatched"></span>${label}</li>`;

const gradient = trusted(ramp.map(hexOf).join(","));

const barMarkup = ({ label, high }: ColorBar): Markup =>
  markup`<div class="bar">${label}: 0 <span style="background:linear-gradient(to right,${gradient})"></span> ≥ ${formatNumber(high, 3)}</div>`;
