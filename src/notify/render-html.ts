/**
 * Renders a message as the HTML part of an e-mail. Uses only tables and inline styles, because mail programs ignore
 * other styles. Pure.
 */
import type { FixStep } from '../model/diagnosis.ts';
import { type Message, SIMULATED } from './message.ts';

/** The contrast of these colors on white meets WCAG AA. */
const COLORS = { problem: '#b3261e', resolved: '#1b6e3c', information: '#1f4e8c' };
const CODE =
  'font-family:Consolas,Menlo,monospace;font-size:13px;background:#f3f4f6;padding:8px;white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0';

/**
 * The body does not repeat the headline, because the headline is the subject of the e-mail. A phone shows the subject
 * above the first lines of the body.
 */
export function renderHtml({ headline, tone, simulated, facts, sections, link, footer }: Message): string {
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><th style="text-align:left;vertical-align:top;padding:2px 16px 2px 0;font-weight:600">${escape(name)}</th><td style="vertical-align:top;padding:2px 0">${escape(value)}</td></tr>`,
  );
  const parts = sections.map(
    ({ heading, steps }) =>
      `<h2 style="font-size:15px;margin:16px 0 4px">${escape(heading)}</h2>${steps.map(step).join('')}`,
  );
  const more =
    link === undefined ? '' : `<p><a href="${escape(link)}" style="color:#1f4e8c">Open in mailprobe</a></p>`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(headline)}</title></head>`,
    `<body style="font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:14px;color:#1a1a1a;background:#ffffff;border-top:4px solid ${COLORS[tone]};margin:0;padding:12px">`,
    ...(simulated ? [`<p style="font-weight:600">${SIMULATED}</p>`] : []),
    `<table role="presentation" style="border-collapse:collapse;font-size:14px">${rows.join('')}</table>`,
    ...parts,
    more,
    `<p style="color:#595959;font-size:12px">${escape(footer)}</p>`,
    '</body></html>',
  ].join('\n');
}

function step({ text, command }: FixStep): string {
  const code = command === undefined ? '' : `<pre style="${CODE}">${escape(command)}</pre>`;
  return `<p style="margin:4px 0">${escape(text)}</p>${code}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
