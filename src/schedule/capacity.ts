/**
 * Can all targets be probed within their interval? If not, how far do they exceed the caps? `config check` and the
 * start of the daemon ask before any probe was measured, so an assumed duration is used. A scheduler that is late asks
 * with measured durations.
 */
import { durationText } from '../model/duration-text.ts';
import type { Target } from '../model/target.ts';
import type { Load } from './adaptive-caps.ts';
import type { Concurrency } from './caps.ts';

/** One app, or all apps together, must run more probes at once than the cap allows. */
export interface Shortfall {
  /** Absent for a shortfall of all apps together. */
  readonly app?: string;
  readonly probesPerSecond: number;
  readonly seconds: number;
  readonly needed: number;
  readonly allowed: number;
  readonly intervalSeconds: number;
}

/** The assumed duration of a probe: a few round trips across a continent. */
const ASSUMED_SECONDS = 1;

/** Returns the shortfalls for the assumed duration, the worst first. */
export function expectedShortfalls(
  targets: readonly Target[],
  { total, perApp }: Concurrency,
): readonly Shortfall[] {
  const byApp = Map.groupBy(targets, ({ app }) => app.id);
  const apps = new Map(Array.from(byApp, ([app, own]) => [app, loadOf(own, perApp.most)]));
  return measuredShortfalls(loadOf(targets, total.most), apps);
}

/**
 * Returns the shortfalls for measured durations, the worst first. If there are none, the caps do not delay the probes.
 */
export function measuredShortfalls(total: Load, apps: ReadonlyMap<string, Load>): readonly Shortfall[] {
  const excess = ({ needed, allowed }: Shortfall): number => needed / allowed;
  const ofApps = Array.from(apps).flatMap(([app, load]) => {
    const shortfall = shortfallOf(load);
    return shortfall === undefined ? [] : [{ app, ...shortfall }];
  });
  return [shortfallOf(total) ?? [], ofApps].flat().toSorted((a, b) => excess(b) - excess(a));
}

/**
 * Example: `app plm: 67 probes a second are due; at 1.7 s each, 114 must run at once, and 50 may; a round takes ...`
 */
export function shortfallText({ app, ...one }: Shortfall): string {
  const { probesPerSecond, seconds, needed, allowed, intervalSeconds } = one;
  const over = needed / allowed;
  return [
    `${app === undefined ? 'all apps together' : `app ${app}`}: ${rounded(probesPerSecond)} probes a second are due`,
    `at ${rounded(seconds)} s each, ${Math.ceil(needed - 1e-6)} must run at once, and ${allowed} may`,
    `a round takes ${lengthText(intervalSeconds * over)} in place of ${lengthText(intervalSeconds)} (${Math.round((over - 1) * 100)} % longer)`,
  ].join('; ');
}

function loadOf(targets: readonly Target[], most: number): Load {
  const probesPerSecond = targets.reduce((sum, { intervalMs }) => sum + 1_000 / intervalMs, 0);
  const needed = probesPerSecond * ASSUMED_SECONDS;
  return { targets: targets.length, probesPerSecond, seconds: ASSUMED_SECONDS, needed, cap: most, most };
}

function shortfallOf({ targets, probesPerSecond, seconds, needed, cap }: Load): Shortfall | undefined {
  if (seconds === undefined || needed <= cap) return undefined;
  return { probesPerSecond, seconds, needed, allowed: cap, intervalSeconds: targets / probesPerSecond };
}

function rounded(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

/** Rounds to whole seconds, because an average of intervals can be 59.999999 s for one minute. */
function lengthText(seconds: number): string {
  return durationText(Math.round(seconds) * 1_000);
}
