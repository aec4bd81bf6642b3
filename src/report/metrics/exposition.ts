/**
 * Writes metrics in Prometheus' text format 0.0.4 or in OpenMetrics 1.0. It replaces the writer of prom-client, which
 * blocks the event loop for half a second at 10,000 mailboxes.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
import type { TargetStatus } from '../../model/status.ts';
import type { Target } from '../../model/target.ts';
import { PAUSE, type Pace, textInSlices } from '../slices.ts';
import type { Family, FleetFamily, RecordedFamily, Scrape, TargetFamily, WriteSample } from './family.ts';

export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Writes all series of one family, in pieces of several targets each. Writes nothing if there is no sample. */
export async function* writeTargetFamily(
  family: TargetFamily,
  targets: readonly TargetStatus[],
  format: Format,
  pace: Pace,
): AsyncGenerator<string> {
  const { name } = family;
  const extraNames = family.labels.slice(2);
  let header = familyHeader(family, format);
  let labels = '';
  let lines = '';
  // One function for all targets: a scrape of 10,000 mailboxes would make a million, most of which write nothing.
  const write: WriteSample = (value, ...extra) => {
    let more = '';
    for (const [at, text] of extra.entries()) more += `,${extraNames[at]}="${escapeLabel(text)}"`;
    lines += `${name}{${labels}${more}} ${formatValue(value)}\n`;
  };
  const chunks = textInSlices(
    targets,
    (status) => {
      labels = targetLabels(status.target);
      lines = '';
      family.sample(status, write, targets.length);
      return lines;
    },
    pace,
  );
  for await (const chunk of chunks) {
    if (chunk === PAUSE) {
      yield PAUSE;
      continue;
    }
    yield header + chunk;
    header = '';
  }
}

/** If several samples have the same labels, writes only the first, because Prometheus would reject the whole scrape. */
export function writeFleetFamily(family: FleetFamily, scrape: Scrape, format: Format): string {
  const lines = new Map<string, string>();
  for (const [values, value] of family.samples(scrape)) {
    const labels = labelText(family.labels.map((label, at) => [label, values[at] ?? '']));
    if (!lines.has(labels)) lines.set(labels, `${family.name}${labels} ${formatValue(value)}\n`);
  }
  return lines.size === 0 ? '' : familyHeader(family, format) + [...lines.values()].join('');
}

export function writeRecordedFamily(family: RecordedFamily, format: Format): string {
  if (family.samples.length === 0) return '';
  const lines = family.samples.map(({ name, labels, value }) => {
    const entries = Object.entries(labels).map(([label, text]): [string, string] => [
      label,
      label === 'le' && format === 'openmetrics' ? canonicalBound(text) : text,
    ]);
    return `${name}${labelText(entries)} ${formatValue(value)}\n`;
  });
  return familyHeader(family, format) + lines.join('');
}

/**
 * In OpenMetrics, the family of a counter has no suffix `_total`. A UNIT line is required if the name ends in a unit.
 */
function familyHeader({ name, help, type }: Family, format: Format): string {
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const unit = /_(seconds|bytes)$/.exec(family)?.[1];
  const unitLine = unit === undefined ? '' : `# UNIT ${family} ${unit}\n`;
  return `# HELP ${family} ${escapeLabel(help)}\n# TYPE ${family} ${type}\n${unitLine}`;
}

/** Returns the labels of a target without braces. They are not cached, because the cache would take megabytes. */
function targetLabels({ mailbox, protocol }: Target): string {
  return `mailbox="${escapeLabel(mailbox.id)}",protocol="${protocol}"`;
}

function labelText(labels: readonly (readonly [string, string])[]): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([label, value]) => `${label}="${escapeLabel(value)}"`).join(',')}}`;
}

/** Writes an integer bound as `1.0` (OpenMetrics, section "Canonical numbers"). */
function canonicalBound(bound: string): string {
  return /^\d+$/.test(bound) ? `${bound}.0` : bound;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(value: string): string {
  return /["\\\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
