/**
 * What makes a page interactive: a read-out under the pointer (or the arrow keys), lines that can be switched off,
 * examples as tabs. Plain JavaScript, no network; the page says the same without it. Text goes in by `textContent`
 * only. The page's content security policy names this script by its SHA-256, so nothing else in a page can run.
 */
export const script = `"use strict";
(() => {
const svgNs = "http://www.w3.org/2000/svg";
const minus = "\\u2212";
const make = (tag, props, ...children) => { const e = Object.assign(document.createElement(tag), props); e.append(...children); return e; };
const show = (v, digits) => {
  if (v === 0) return "0";
  const a = Math.abs(v);
  const text = a >= 1e7 || a < 1e-4 ? v.toExponential(digits - 1) : a >= 1e4 ? String(Math.round(v)) : String(Number(v.toPrecision(digits)));
  return text.replace(/-/g, minus);
};

// Points of a path: an absolute start, then relative steps; one such list after every M.
const pointsOf = (d) => {
  const points = [];
  for (const part of d.split("M").slice(1)) {
    const n = (part.match(/-?(?:\\d+\\.?\\d*|\\.\\d+)/g) || []).map(Number);
    let x = n[0], y = n[1];
    points.push([x, y]);
    for (let i = 2; i + 1 < n.length; i += 2) points.push([x += n[i], y += n[i + 1]]);
  }
  return points;
};
const back = ([low, high, log], share) => log ? low * (high / low) ** share : low + (high - low) * share;

for (const svg of document.querySelectorAll("svg[data-plot]")) {
  const { x, y, box, label, unit } = JSON.parse(svg.dataset.plot);
  const [left, top, width, height] = box;
  const lines = [...svg.querySelectorAll(".area .line")].map((path) => ({ path, points: pointsOf(path.getAttribute("d")) })).filter((l) => l.points.length > 0);
  if (lines.length === 0) continue;
  const cursor = document.createElementNS(svgNs, "g");
  svg.append(cursor);
  const tip = make("div", { className: "tip", hidden: true });
  tip.setAttribute("role", "status");
  svg.parentElement.append(tip);
  let at = null;

  const hide = () => { tip.hidden = true; cursor.replaceChildren(); };
  const visible = () => lines.filter((l) => l.path.style.display !== "none");
  const nearest = (points, px) => points.reduce((best, p) => Math.abs(p[0] - px) < Math.abs(best[0] - px) ? p : best);
  const read = (px) => {
    const shown = visible();
    if (shown.length === 0) return hide();
    const densest = shown.reduce((a, b) => b.points.length > a.points.length ? b : a);
    at = nearest(densest.points, px)[0];
    const head = (label ? label + " " : "") + show(back(x, at / width), 4) + (unit ? " " + unit : "");
    tip.replaceChildren(make("b", { textContent: head }));
    cursor.replaceChildren();
    const rule = document.createElementNS(svgNs, "path");
    rule.setAttribute("d", "M" + (left + at) + " " + top + "v" + height);
    rule.setAttribute("class", "axis");
    cursor.append(rule);
    for (const { path, points } of shown) {
      const p = nearest(points, at);
      if (Math.abs(p[0] - at) > Math.max(3, width / 60)) continue;
      const dot = document.createElementNS(svgNs, "circle");
      dot.setAttribute("cx", left + p[0]);
      dot.setAttribute("cy", top + p[1]);
      dot.setAttribute("r", 3);
      dot.setAttribute("fill", getComputedStyle(path).stroke);
      cursor.append(dot);
      const tone = [...path.classList].find((c) => c !== "line" && c !== "faint");
      tip.append(make("br"), make("span", { className: "key " + tone }), " " + path.dataset.name + " " + show(back(y, 1 - p[1] / height), 3));
    }
    tip.hidden = false;
    const size = svg.getBoundingClientRect();
    const scale = size.width / svg.viewBox.baseVal.width;
    const tipX = (left + at) * scale;
    tip.style.transform = "translate(" + (tipX + 14 + tip.offsetWidth > size.width ? tipX - tip.offsetWidth - 12 : tipX + 12) + "px," + top * scale + "px)";
  };

  svg.addEventListener("pointermove", (e) => {
    const size = svg.getBoundingClientRect();
    const px = (e.clientX - size.left) * svg.viewBox.baseVal.width / size.width - left;
    if (px < -8 || px > width + 8) hide(); else read(px);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.setAttribute("tabindex", "0");
  svg.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (e.key === "Escape") return hide();
    if (!step) return;
    e.preventDefault();
    const xs = visible().flatMap((l) => l.points.map((p) => p[0])).sort((a, b) => a - b);
    const next = at === null ? xs[0] : step > 0 ? xs.find((v) => v > at + 0.05) : xs.findLast((v) => v < at - 0.05);
    if (next !== undefined) read(next);
  });
}

for (const list of document.querySelectorAll("ul.legend:not(.fixed)")) {
  const figure = list.closest("figure");
  for (const item of list.children) {
    const button = make("button", { type: "button", title: "Show or hide this line" }, ...item.childNodes);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(on));
      for (const e of figure.querySelectorAll("svg [data-s='" + Number(item.dataset.s) + "']")) e.style.display = on ? "" : "none";
    });
    item.append(button);
  }
}

document.querySelectorAll(".tabs").forEach((box, b) => {
  const tabs = [...box.children];
  if (tabs.length < 2) return;
  const list = make("div", { className: "tablist" });
  list.setAttribute("role", "tablist");
  const pick = (n) => tabs.forEach((tab, i) => {
    tab.hidden = i !== n;
    buttons[i].setAttribute("aria-selected", String(i === n));
    buttons[i].tabIndex = i === n ? 0 : -1;
  });
  const buttons = tabs.map((tab, i) => {
    tab.id = "tab-" + b + "-" + i;
    tab.setAttribute("role", "tabpanel");
    tab.setAttribute("aria-label", tab.dataset.tab);
    const button = make("button", { type: "button", textContent: tab.dataset.tab });
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", tab.id);
    button.addEventListener("click", () => pick(i));
    button.addEventListener("keydown", (e) => {
      const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: tabs.length - 1 }[e.key];
      if (to === undefined) return;
      e.preventDefault();
      const n = (to + tabs.length) % tabs.length;
      pick(n);
      buttons[n].focus();
    });
    return button;
  });
  list.append(...buttons);
  box.before(list);
  pick(0);
});
})();
`;

/** SHA-256 of `script` in base64; a test computes it anew. */
export const scriptHash = "nKCWRb5/6640MWwjQA8F+3voWFNx0qM/Z/u9OfQzibY=";
