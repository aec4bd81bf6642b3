/** The frame of every page: head, banner, header, main part and footer. Plain HTML without script. */
import type { HealthStatus } from '../health.ts';
import { Html, type HtmlTag } from './html.ts';
import { STYLE } from './style.ts';

const ICON_COLORS: Readonly<Record<HealthStatus, string>> = {
  pass: '12703f',
  warn: 'c97a00',
  fail: 'b3201f',
};

export interface PageParts {
  readonly title: string;
  /** The color of the icon in the browser's tab. */
  readonly status: HealthStatus;
  readonly banner: string | undefined;
  /** Absent: the page stays as it is until it is loaded again. */
  readonly refreshSeconds?: number;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
}

export function pageDocument(html: HtmlTag, parts: PageParts): string {
  const { title, status, banner, refreshSeconds, header, main, footer } = parts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds === undefined ? undefined : html`<meta http-equiv="refresh" content="${refreshSeconds}">\n`}<title>${title} · mailprobe</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23${ICON_COLORS[status]}'/%3E%3C/svg%3E">
<style>${new Html(STYLE)}</style>
</head>
<body>
${banner === undefined ? undefined : html`<p class="banner" role="note">${banner}</p>`}
<header>
<p class="brand">mailprobe</p>
${header}
</header>
<main>
${main}
</main>
<footer>
${footer}
</footer>
</body>
</html>
`.text;
}
