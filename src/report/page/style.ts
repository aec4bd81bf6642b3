/**
 * The style sheet of the page, inlined so that the page is one file; the content security policy allows exactly this
 * text. Colors meet WCAG AA contrast in light and dark, and never carry meaning alone.
 */
import { createHash } from 'node:crypto';

export const STYLE = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #52606f; --line: #d9dfe6; --code: #f0f3f6; --link: #0b57a4;
  --up: #12703f; --down: #b3201f; --unknown: #5b6673; --warning: #8a5200; --info: #0b57a4;
  --up-bg: #e3f4ea; --down-bg: #fce8e6; --unknown-bg: #e9edf1; --warning-bg: #fdf0d9; --info-bg: #e4eefa; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #10151b; --card: #182029; --ink: #e8edf2; --soft: #a3b0bd; --line: #2d3845; --code: #0f151b; --link: #7db8f5;
  --up: #6fd39b; --down: #ff9a92; --unknown: #a9b4c0; --warning: #f2bf6b; --info: #7db8f5;
  --up-bg: #14301f; --down-bg: #3b1a1a; --unknown-bg: #242e39; --warning-bg: #362811; --info-bg: #152a41; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.banner { background: var(--warning-bg); color: var(--warning); text-align: center; margin: 0; padding: .5rem 1rem; font-weight: 600; }
header { padding-top: 1.75rem; }
.brand { margin: 0; color: var(--soft); font-weight: 600; letter-spacing: .02em; }
h1 { margin: .1rem 0 .25rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.2rem; }
.meta { margin: 0; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.tiles a { display: block; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; text-decoration: none; color: inherit; }
.tiles a:hover { border-color: var(--link); }
.tiles b { display: block; font-size: 1.7rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); }
header + main { margin-top: 1.25rem; } .nowrap { white-space: nowrap; }
.problem { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--unknown); border-radius: 10px; padding: 1rem 1.25rem 1.1rem; margin: 0 0 1rem; }
.problem.critical { border-left-color: var(--down); } .problem.warning { border-left-color: var(--warning); } .problem.info { border-left-color: var(--info); }
.problem h3 { margin: .35rem 0 .5rem; font-size: 1.1rem; line-height: 1.35; overflow-wrap: anywhere; }
.problem h4 { margin: 1rem 0 .25rem; font-size: .95rem; }
.problem ol { margin: .25rem 0 0; padding-left: 1.4rem; } .problem li + li { margin-top: .5rem; } .problem .meta { margin-top: .6rem; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: .15rem 1rem; margin: .25rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: .35rem 0 0; padding: .65rem .8rem; background: var(--code); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
details { margin-top: .75rem; } summary { cursor: pointer; color: var(--link); } details ul { margin: .4rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.pill { display: inline-block; padding: .05rem .55rem; border-radius: 99px; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.up { color: var(--up); background: var(--up-bg); } .down, .pill.critical { color: var(--down); background: var(--down-bg); }
.unknown { color: var(--unknown); background: var(--unknown-bg); } .failing, .pill.warning { color: var(--warning); background: var(--warning-bg); }
.pill.info { color: var(--info); background: var(--info-bg); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .6rem .9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: .85rem; font-weight: 600; }
tbody th { min-width: 11rem; font-weight: 600; overflow-wrap: anywhere; } td.state { white-space: nowrap; }
td:last-child { min-width: 14rem; } td p { margin: 0; overflow-wrap: anywhere; } td p + p { margin-top: .3rem; }
small { display: block; color: var(--soft); font-size: .85rem; font-weight: 400; }
.calm { padding: 1.1rem 1.25rem; background: var(--up-bg); color: var(--up); border-radius: 10px; margin: 1.5rem 0 0; font-weight: 600; }
footer { color: var(--soft); padding-top: 1.5rem; padding-bottom: 2.5rem; font-size: .9rem; } footer a { margin-right: 1rem; }
@media (max-width: 56rem) { dl { grid-template-columns: max-content 1fr; } }
@media (max-width: 40rem) { h1 { font-size: 1.5rem; } th, td { padding: .5rem .6rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .3rem; } }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Allows no script, no other origin and no frame. The icon is a `data:` image. */
export const PAGE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
