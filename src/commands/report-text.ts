/** Renders availability and incidents as text for a terminal and as CSV for a spreadsheet. */
import { durationText } from '../model/duration-text.ts';
import { upShare, type AvailabilityRow } from '../model/availability.ts';
import type { Span, StoredIncident } from '../model/past.ts';
import { cleanText } from '../model/text.ts';

const HEADINGS = [
  '',
  'available',
  'up',
  'down',
  'unknown',
  'maintenance',
  'not watched',
  'outages',
  'incidents',
];

export function renderReport(
  { from, until }: Span,
  by: string,
  rows: readonly AvailabilityRow[],
  incidents: readonly StoredIncident[],
): string {
  const table = rows.map((row) => [
    row.subject,
    share(row),
    ...[row.upMs, row.downMs, row.unknownMs, row.maintenanceMs, row.notWatchedMs].map(durationText),
    String(row.outages),
    String(row.incidents),
  ]);
  const lines = [
    `From ${time(from)} until ${time(until)} (UTC)`,
    '',
    ...(rows.length === 0 ? ['Nothing was watched.'] : columns([[by, ...HEADINGS.slice(1)], ...table])),
    '',
    `${incidents.length} incident${incidents.length === 1 ? '' : 's'}`,
    ...incidents.map(incidentLine),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderReportCsv({ from, until }: Span, rows: readonly AvailabilityRow[]): string {
  const heading =
    'subject,from,until,availability,up_seconds,down_seconds,unknown_seconds,maintenance_seconds,not_watched_seconds,outages,incidents';
  const lines = rows.map((row) =>
    [
      quoted(row.subject),
      new Date(from).toISOString(),
      new Date(until).toISOString(),
      upShare(row) ?? '',
      ...[row.upMs, row.downMs, row.unknownMs, row.maintenanceMs, row.notWatchedMs].map((ms) => ms / 1000),
      row.outages,
      row.incidents,
    ].join(','),
  );
  // RFC 4180 ends each line with CRLF.
  return [heading, ...lines].map((line) => `${line}\r\n`).join('');
}

/** Quotes a value. A spreadsheet must not interpret it as a formula. */
function quoted(text: string): string {
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

function incidentLine({
  opened,
  closed,
  cause,
  title,
  affectedMailboxes,
  maintenance,
}: StoredIncident): string {
  const end = closed === undefined ? 'open' : durationText(closed - opened);
  const mailboxes = new Set(affectedMailboxes.map(({ id }) => id)).size;
  const muted = maintenance === undefined ? '' : ', in maintenance';
  return `  ${time(opened)}  ${end.padStart(11)}  ${cause} (${mailboxes} mailbox${mailboxes === 1 ? '' : 'es'}${muted}): ${cleanText(title, 200)}`;
}

function share(row: AvailabilityRow): string {
  const up = upShare(row);
  // Rounded down, so that a value that was not reached is never shown.
  return up === undefined ? '-' : `${(Math.floor(up * 1e5) / 1e3).toFixed(3)} %`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    rows.reduce((widest, row) => Math.max(widest, (row[at] ?? '').length), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
