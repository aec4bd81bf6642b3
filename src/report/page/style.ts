/**
 * The style sheet of the pages. It is part of each page, so that a page needs no second request. The content security
 * policy allows exactly this text. No meaning is shown by color alone.
 */
import { createHash } from 'node:crypto';
import { COLORS } from './colors.ts';

export const STYLE = `${COLORS}
* { box-sizing: border-box; }
html { overflow-anchor: auto; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer, nav { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
main:focus { outline: none; }
a { color: var(--link); } p a, li a, dd a, td a, th a { overflow-wrap: anywhere; }
a:focus-visible, summary:focus-visible, pre:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: .5rem; top: -4rem; background: var(--card); padding: .5rem 1rem; border-radius: 0 0 8px 8px; z-index: 2; } .skip:focus { top: 0; }
nav { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; align-items: baseline; padding-top: .7rem; padding-bottom: .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .15rem 0; } nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.brand { color: var(--ink); font-weight: 700; letter-spacing: .02em; text-decoration: none; }
.banner { background: var(--warning-bg); color: var(--warning); margin: .25rem 0 .5rem; padding: .35rem .75rem; border-radius: 8px; font-weight: 600; }
h1 { margin: .3rem 0 .35rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 .6rem; font-size: 1.15rem; } h3 { margin: 1rem 0 .25rem; font-size: .95rem; }
.meta { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.tile { display: inline-block; margin: .15rem .35rem .15rem 0; padding: .1rem .7rem; background: var(--card); border: 1px solid var(--line); border-radius: 99px; color: var(--ink); text-decoration: none; }
.tile:hover { border-color: var(--link); } .tile b { font-variant-numeric: tabular-nums; }
.items { margin: 0; padding: 0; list-style: none; }
.item, .card { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--unknown); border-radius: 8px; margin: 0 0 .45rem; }
.card { padding: .8rem 1.1rem 1rem; } .card > p:first-child { margin: 0; } .card.plain { border-left: 1px solid var(--line); padding: .5rem 1rem; }
.item.critical, .card.critical { border-left-color: var(--down); } .item.warning, .card.warning { border-left-color: var(--warning); } .item.info, .card.info { border-left-color: var(--info); }
.item summary { padding: .5rem .9rem; cursor: pointer; color: inherit; overflow-wrap: anywhere; } .item summary strong { font-weight: 600; }
.item .inside { padding: 0 1.1rem .8rem; border-top: 1px solid var(--line); }
.facts { display: block; color: var(--soft); font-size: .9rem; } .facts > span + span::before { content: "· "; }
.facts .mark { color: var(--ink); }
@media (min-width: 60rem) { .item summary .facts { display: inline; margin-left: .6rem; } }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: .15rem 1.5rem; margin: .5rem 0 0; }
dl > div { display: flex; gap: .5rem; } dt { color: var(--soft); flex: none; } dt::after { content: ":"; } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
ol, ul { padding-left: 1.4rem; margin: .25rem 0 0; overflow-wrap: anywhere; } .steps > li + li { margin-top: .5rem; }
.command { position: relative; margin: .35rem 0 .5rem; }
pre { margin: 0; padding: .6rem .8rem; background: var(--code); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow-y: auto; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .3rem .8rem; cursor: pointer; min-height: 2rem; } button:hover { border-color: var(--link); }
button.main { background: var(--link); color: var(--card); border-color: var(--link); font-weight: 600; }
.copy { display: none; position: absolute; top: .35rem; right: .35rem; padding: .05rem .6rem; font-size: .85rem; } .scripted .copy { display: block; } .scripted .command pre { padding-right: 5rem; }
input, select, textarea { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .25rem .5rem; min-height: 2rem; max-width: 100%; }
textarea { display: block; width: 100%; min-height: 11rem; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.filter, .act { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: end; margin: 0 0 .75rem; }
.filter label, .act label { display: flex; flex-direction: column; color: var(--soft); font-size: .85rem; min-width: 0; } .filter input, .act input { width: 14rem; } .filter select { max-width: 14rem; } .filter input[type="date"] { width: 9.5rem; min-height: 2.1rem; }
.pill { display: inline-block; padding: .02rem .5rem; border-radius: 99px; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.up { color: var(--up); background: var(--up-bg); } .down, .pill.critical { color: var(--down); background: var(--down-bg); }
.unknown { color: var(--unknown); background: var(--unknown-bg); } .failing, .pill.warning { color: var(--warning); background: var(--warning-bg); }
.pill.info { color: var(--info); background: var(--info-bg); }
.scroll { overflow-x: auto; } .scroll, table.stack { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; } table.stack { border-collapse: separate; border-spacing: 0; }
th, td { padding: .45rem .9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: break-word; }
thead th { border-top: 0; color: var(--soft); font-size: .85rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; } table.stack { table-layout: auto; } .stack th, .stack td { overflow-wrap: anywhere; } .stack td .pill, .stack td .pill + small, .stack td small + small, .stack td time { white-space: nowrap; } td p { margin: 0; } td p + p { margin-top: .2rem; }
.line + .line { margin-top: .2rem; } .line small { display: inline; } .nowrap { white-space: nowrap; }
tr.group th { background: var(--code); } tr.group small { display: inline; margin-left: .5rem; }
small { display: block; color: var(--soft); font-size: .85rem; font-weight: 400; }
.calm { padding: .6rem 1rem; background: var(--up-bg); color: var(--up); border-radius: 8px; margin: 0; font-weight: 600; }
.pages a { margin-left: .75rem; }
.bars { display: block; width: 100%; height: 1.6rem; border-radius: 4px; } .chart { display: block; width: 100%; height: auto; max-width: 46rem; }
.bar-up { fill: var(--bar-up); } .bar-down { fill: var(--bar-down); } .bar-unknown { fill: var(--bar-unknown); } .bar-maintenance { fill: var(--bar-maintenance); } .bar-not-watched { fill: var(--line); }
.ph0 { fill: var(--ph0); } .ph1 { fill: var(--ph1); } .ph2 { fill: var(--ph2); } .ph3 { fill: var(--ph3); } .ph4 { fill: var(--ph4); } .ph5 { fill: var(--ph5); } .ph6 { fill: var(--ph6); } .ph7 { fill: var(--ph7); }
.chart text { fill: var(--soft); font-size: 11px; } .legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .3rem 0 0; padding: 0; list-style: none; color: var(--soft); font-size: .85rem; }
.legend svg { width: .8rem; height: .8rem; margin-right: .3rem; vertical-align: -.05rem; }
.stages { display: grid; grid-template-columns: max-content max-content 1fr; gap: .15rem .9rem; margin: .5rem 0; padding: 0; list-style: none; } .stages li { display: contents; } .stages svg { width: 100%; height: .8rem; align-self: center; }
.stages .why { grid-column: 1 / -1; color: var(--down); padding-left: 1rem; overflow-wrap: anywhere; }
.prose { overflow-wrap: anywhere; } .prose h2 { padding-top: .5rem; border-top: 1px solid var(--line); } .prose h2 a { color: inherit; text-decoration: none; }
#connection { position: fixed; left: 50%; bottom: .75rem; transform: translateX(-50%); width: max-content; max-width: 92vw; margin: 0; padding: .4rem 1rem; border-radius: 8px; background: var(--down-bg); color: var(--down); font-weight: 600; border: 1px solid var(--down); } #connection:empty { display: none; }
footer { color: var(--soft); padding-top: 1.5rem; padding-bottom: 3rem; font-size: .9rem; } footer a { margin-right: .75rem; }
@media (max-width: 44rem) {
  main, header, footer, nav { padding-left: .8rem; padding-right: .8rem; } h1 { font-size: 1.4rem; } th, td { padding: .4rem .6rem; }
  nav { font-size: .93rem; gap: .1rem .7rem; } nav ul { gap: .1rem .7rem; }
  table.stack, table.stack tbody { display: block; } table.stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stack tr { display: block; padding: .45rem .8rem; border-top: 1px solid var(--line); } table.stack tr:first-child { border-top: 0; }
  table.stack th, table.stack td { display: block; border: 0; padding: .05rem 0; background: none; } table.stack td .nowrap { white-space: normal; } table.stack td { display: inline-block; margin-right: .8rem; overflow-wrap: anywhere; } table.stack td:has(p) { display: block; } table.stack td small { display: inline; } table.stack th small { display: inline; margin-left: .6rem; }
  table.stack .line { display: inline-block; margin: .1rem .5rem .1rem 0; } tr.group { background: var(--code); }
  .filter label { flex: 1 1 40%; } .filter input, .filter input[type="date"], .filter select, .act input, .act select { width: 100%; max-width: none; } .filter label:first-child { flex-basis: 100%; }
}
@media (prefers-reduced-motion: no-preference) { a, button { transition: border-color .15s; } }
@media print {
  nav, form, .copy, .skip, #connection, footer, section:has(> #act), section:has(> #ticket) { display: none !important; } body { background: #fff; color: #000; font-size: 11pt; } pre { max-height: none; }
  .item, .card, .scroll { border-color: #999; break-inside: avoid; } main, header { max-width: none; padding: 0; }
}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The content security policy. Scripts, requests and forms may only use the origin of the page, and frames are not
 * allowed. The icon is a `data:` image.
 */
export const PAGE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
