import { tones } from "../plot/line-plot.ts";
import { darkTones, hexOf, lightTones } from "../plot/tones.ts";

const variables = (table: typeof lightTones): string => tones.map((t) => `--${t}:${hexOf(table[t])}`).join(";");
const light = `${variables(lightTones)};--paper:#fff;--panel:#f6f7f9;--line:#e3e6eb;--axis:#9aa1ad;--muted:#5b6472;--good:#e5f4ec;--bad:#fdf0e4;--accent:#1268d6`;
const dark = `${variables(darkTones)};--paper:#14171d;--panel:#1c2028;--line:#2f3540;--axis:#6d7685;--muted:#a5adba;--good:#14301f;--bad:#3a2812;--accent:#5ba4ff`;

/** The style sheet of every page: light or dark as the reader's system is, and always light on paper. */
export const style = `
:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,nav>ul,footer{max-width:1000px;margin:0 auto;padding:0 28px}
header{padding-top:34px}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 18px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:0 0 10px;padding-top:26px;border-top:1px solid var(--line);letter-spacing:-.01em}
h3{font-size:1rem;margin:18px 0 2px;overflow-wrap:anywhere}
section.part{margin-top:34px}
p{margin:.5em 0;max-width:75ch}
a{color:var(--accent)}
code{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.muted,figcaption,caption{color:var(--muted);font-size:.9rem}
.id{font-weight:400}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
nav{border-bottom:1px solid var(--line);background:var(--paper);position:sticky;top:0;z-index:2}
nav>ul{display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;padding-top:9px;padding-bottom:9px;font-size:.9rem}
nav a{color:var(--muted);text-decoration:none}
nav a:hover,nav a:focus-visible{color:var(--ink);text-decoration:underline}
:target{scroll-margin-top:46px}
.verdict{font-size:1.12rem;margin:0 0 20px;padding:13px 18px;border-left:4px solid var(--axis);background:var(--panel);border-radius:0 6px 6px 0;max-width:none}
.verdict.network{border-color:var(--green);background:var(--good)}
.verdict.baseline,.verdict.draw{border-color:var(--orange);background:var(--bad)}
.text.note,.text.warning{padding:3px 16px;border-left:4px solid var(--axis);background:var(--panel);border-radius:0 6px 6px 0;margin:12px 0}
.text.warning{border-color:var(--orange);background:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:14px 26px;margin:0}
.facts dt{color:var(--muted);font-size:.8rem}
.facts dd{margin:0;overflow-wrap:anywhere}
figure{margin:18px 0 24px}
.figure-title{font-weight:600;margin:0 0 4px}
figcaption{margin-top:4px;max-width:80ch}
.canvas{overflow-x:auto;position:relative}
.canvas svg.plot{display:block;width:100%;height:auto;min-width:520px}
.canvas img{max-width:100%;height:auto}
.pixelated{image-rendering:pixelated;min-width:min(100%,320px)}
.pictures{display:flex;flex-wrap:wrap;gap:14px 18px;align-items:flex-end}
.pictures figure{margin:0;max-width:100%}
.pictures img{display:block;max-width:100%;height:auto}
.pictures figcaption{margin:0 0 3px;color:var(--ink);overflow-wrap:anywhere}
.crisp{image-rendering:pixelated}
.pictures img,.key.hatched{background:repeating-linear-gradient(45deg,var(--line) 0 2px,var(--paper) 2px 6px)}
.key.swatch{width:14px;height:14px;border:1px solid var(--axis);border-radius:2px;flex:none}
.bar{display:flex;align-items:center;gap:8px;font-size:.9rem;margin:0 0 6px;font-variant-numeric:tabular-nums}
.bar span{width:180px;height:12px;border:1px solid var(--axis);border-radius:2px}
svg text{fill:var(--ink);font-variant-numeric:tabular-nums}
svg .ticks text,svg .mark text{fill:var(--muted)}
svg .ticks .label{fill:var(--ink)}
svg .on{fill:var(--paper)}
svg .grid{stroke:var(--line)}
svg .axis,svg .mark path{stroke:var(--axis)}
svg .cell{fill:var(--blue)}
${tones.map((t) => `.line.${t}{stroke:var(--${t})}.filled.${t},.fill.${t}{fill:var(--${t})}.key.${t}{color:var(--${t})}`).join("")}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:0 0 4px;font-size:.9rem}
.legend li{display:flex;align-items:center}
.key{display:inline-block;width:20px;margin-right:7px;border-top:2.5px solid currentColor}
.key.dashed{border-top-style:dashed}
.key.block{width:12px;height:12px;border:0;background:currentColor;border-radius:2px}
.legend button{all:unset;display:flex;align-items:center;cursor:pointer;border-radius:4px;padding:1px 4px;margin:0 -4px}
.legend button:hover{background:var(--panel)}
.legend button[aria-pressed=false]{color:var(--muted);text-decoration:line-through}
.legend button[aria-pressed=false] .key{color:var(--line)}
button:focus-visible,svg:focus-visible,a:focus-visible,input:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.table{overflow-x:auto;margin:14px 0 20px}
table{border-collapse:collapse;width:100%;font-size:.94rem}
caption{caption-side:bottom;text-align:left;padding-top:8px}
th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:baseline;font-weight:400}
thead th{color:var(--muted);font-size:.84rem;border-bottom-color:var(--axis)}
tbody th{font-weight:500}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th:last-child,td:last-child{padding-right:4px}
.best{font-weight:700}
.highlight>*{background:var(--panel)}
.highlight th{box-shadow:inset 3px 0 var(--blue);padding-left:10px}
.tablist{display:flex;flex-wrap:wrap;gap:6px;margin:10px 0}
.tablist button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 13px;cursor:pointer}
.tablist button[aria-selected=true]{background:var(--accent);border-color:var(--accent);color:var(--paper)}
.config label{margin-left:6px;font-size:.92rem}
.config caption{caption-side:top;font-weight:600;color:var(--ink);padding:0 0 2px}
.config table{table-layout:fixed}
.config th,.config td{padding-top:3px;padding-bottom:3px}
.config .default>*{color:var(--muted)}
.config #only-set:checked~.table .default,.config #only-set:checked~.all-default{display:none}
.badge{display:inline-block;font-size:.78rem;padding:0 8px;border-radius:9px;border:1px solid var(--axis)}
.default .badge{border-color:var(--line)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:0 40px;align-items:start}
.columns tbody th{white-space:nowrap}
.stages{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:6px 22px;align-items:start}
.stages figure{margin:4px 0}
.stages .canvas svg.plot{min-width:0}
.stages ol{margin:2px 0;padding-left:22px;font-size:.86rem;color:var(--muted)}
.stage h4{font-size:.9rem;margin:6px 0 0}
.tip{position:absolute;pointer-events:none;top:0;left:0;z-index:1;background:var(--paper);border:1px solid var(--axis);border-radius:6px;padding:5px 10px;font-size:.82rem;line-height:1.45;white-space:nowrap;font-variant-numeric:tabular-nums;box-shadow:0 2px 8px #0003}
.tip b{font-weight:600}
.tip .key{width:12px;vertical-align:middle}
footer{color:var(--muted);font-size:.84rem;padding-top:30px;padding-bottom:36px}
@media print{
nav,.tablist,.config input,.config label,.tip{display:none!important}
body{font-size:10.5pt}
main,footer{max-width:none;padding:0}
.tab[hidden]{display:block!important}
figure,.table tr,h2,h3,.stage{break-inside:avoid}
h2,h3,h2+p,h3+p{break-after:avoid}
.verdict,.text.warning,.text.note,.highlight>*,.key,.bar span,.pictures img,.cell,.fill{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;
