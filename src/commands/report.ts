/** `report`: prints availability and incidents of a window of time, from the store, as text, CSV or JSON. */
import { DAY_MS } from '../model/duration.ts';
import type { AvailabilityKey } from '../model/availability.ts';
import type { Span, StoredIncident } from '../model/past.ts';
import { cleanText } from '../model/text.ts';
import { parseTime } from '../report/http/times.ts';
import { availabilityView } from '../report/resource/availability.ts';
import { incidentView } from '../report/resource/incident.ts';
import { availabilityBy } from '../store/availability-by.ts';
import type { Store } from '../store/store.ts';
import { EXIT, UsageError, type Command } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { renderReport, renderReportCsv } from './report-text.ts';
import { withStore } from './stored.ts';

const MONTH_MS = 30 * DAY_MS;
const FORMATS = ['text', 'csv', 'json'] as const;
const PAGE = 500;

export const report: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS.report, args);
  const format = FORMATS.find((one) => one === values.format);
  if (format === undefined)
    throw new UsageError(
      `--format expects ${FORMATS.join(' or ')}, got "${cleanText(values.format ?? '', 40)}"`,
    );
  const window = windowOf(values);
  const by = values.by ?? 'mailbox';
  const key = keyOf(by);
  return await withStore(values.config, io, async (store) => {
    const rows = await availabilityBy(await store.availability(window), key);
    if (format === 'csv') io.stdout.write(renderReportCsv(window, rows));
    else {
      const incidents = await incidentsOf(store, window);
      io.stdout.write(
        format === 'text'
          ? renderReport(window, by, rows, incidents)
          : `${JSON.stringify({ ...availabilityView(window, by, rows), incidents: incidents.map(incidentView) }, null, 2)}\n`,
      );
    }
    return EXIT.ok;
  });
};

function windowOf(values: { readonly from?: string | undefined; readonly until?: string | undefined }): Span {
  const until = timeOf('until', values.until) ?? Date.now();
  const from = timeOf('from', values.from) ?? until - MONTH_MS;
  if (from >= until) throw new UsageError('--from must be before --until');
  return { from, until };
}

function timeOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const at = parseTime(given);
  if (at !== undefined) return at;
  throw new UsageError(
    `--${option} expects a date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z, got "${cleanText(given, 40)}"`,
  );
}

function keyOf(by: string): AvailabilityKey {
  if (by === 'mailbox' || by === 'app') return by;
  if (by.startsWith('label.') && by.length > 'label.'.length) return { label: by.slice('label.'.length) };
  throw new UsageError(`--by expects mailbox, app or label.NAME, got "${cleanText(by, 40)}"`);
}

async function incidentsOf(store: Store, window: Span): Promise<readonly StoredIncident[]> {
  const all: StoredIncident[] = [];
  for (let after: string | undefined; ; ) {
    const query = { ...window, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { items, next } = await store.incidents(query);
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}
