/** The parts that all pages share: head, navigation, header, main part and footer. They work without the script. */
import type { HealthStatus } from '../health.ts';
import { Html, type HtmlTag } from './html.ts';
import { STYLE } from './style.ts';

const ICON_COLORS: Readonly<Record<HealthStatus | 'none', string>> = {
  pass: '12703f',
  warn: 'c97a00',
  fail: 'b3201f',
  none: '5b6673',
};

/** The icons differ in their signs, because not everybody can distinguish the colors. */
const ICON_SIGNS: Readonly<Record<HealthStatus | 'none', string>> = {
  pass: "%3Cpath d='M4.5 8.5l2.5 2.5 4.5-6'/%3E",
  warn: "%3Cpath d='M8 4v5M8 11v1'/%3E",
  fail: "%3Cpath d='M5 5l6 6M11 5l-6 6'/%3E",
  none: '',
};

const PAGES = [
  ['/', 'Overview'],
  ['/incidents', 'Incidents'],
  ['/expiries', 'Expiries'],
  ['/explain', 'Explain'],
  ['/docs/diagnoses', 'Diagnoses'],
] as const;

export interface PageParts {
  readonly title: string;
  /** The state that the icon of the browser tab shows. Undefined if the page shows no state. */
  readonly status: HealthStatus | undefined;
  readonly banner: string | undefined;
  /** The entry for this page in the navigation. */
  readonly here?: (typeof PAGES)[number][0];
  /** True if the script updates the page. */
  readonly live?: boolean;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
}

export function pageDocument(html: HtmlTag, parts: PageParts): string {
  const { title, status = 'none', banner, here, live = false, header, main, footer } = parts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · mailprobe</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='8' fill='%23${ICON_COLORS[status]}'/%3E%3Cg fill='none' stroke='white' stroke-width='2' stroke-linecap='round'%3E${new Html(ICON_SIGNS[status])}%3C/g%3E%3C/svg%3E">
<style>${new Html(STYLE)}</style>
<script type="module" src="/assets/page.js"></script>
</head>
<body${live ? html` data-live` : undefined}>
<a class="skip" href="#main">Skip to the content</a>
<nav aria-label="Pages"><a class="brand" href="/">mailprobe</a><ul>${PAGES.map(([path, name]) => html`<li><a href="${path}"${path === here ? html` aria-current="page"` : undefined}>${name}</a></li>`)}</ul></nav>
<header>
${banner === undefined ? undefined : html`<p class="banner" role="note">${banner}</p>\n`}${header}
</header>
<main id="main" tabindex="-1">
${main}
</main>
<footer>
${footer}
<p id="connection" role="status"></p>
</footer>
</body>
</html>
`.text;
}
