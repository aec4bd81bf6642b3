/**
 * Keeps the process within its limit of file descriptors. If the limit is low, runs fewer probes at once, and logs one
 * warning with the command that raises the limit. Used by the daemon. The command `check` uses only the limit.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import { type DescriptorShares, divideDescriptors, RAISE_DESCRIPTORS } from './model/descriptors.ts';
import { type Evidence, failedStages } from './model/evidence.ts';
import { isOutOfDescriptors } from './model/starved.ts';
import { type Concurrency, concurrencyOf, type ConcurrencySettings } from './schedule/caps.ts';

const reportSchema = z.object({
  userLimits: z.object({ open_files: z.object({ soft: z.int().positive() }) }),
});

/** Returns how many files the process may have open. Infinite if the system has no limit, as on Windows. */
export function descriptorLimit(): number {
  // By default, Node's report contains the environment, and looks up the host names of all peers.
  process.report.excludeEnv = true;
  // The types of Node.js 24 lack this member.
  Reflect.set(process.report, 'excludeNetwork', true);
  const report = reportSchema.safeParse(process.report.getReport());
  return report.success ? report.data.userLimits.open_files.soft : Number.POSITIVE_INFINITY;
}

export interface Descriptors {
  readonly shares: DescriptorShares;
  /** Reduces the settings to what the limit of file descriptors allows. */
  readonly allowed: (wanted: ConcurrencySettings) => Concurrency;
  /** Logs a warning for the first probe that got no descriptor. */
  readonly note: (evidence: Evidence) => void;
}

export function createDescriptors(logger: Logger, limit = descriptorLimit()): Descriptors {
  const shares = divideDescriptors(limit);
  let hasWarned = false;
  const warn = (fields: object, what: string): void => {
    if (hasWarned) return;
    hasWarned = true;
    logger.warn(
      { event: 'few_descriptors', limit, ...fields },
      `${what}: raise the limit of ${limit} file descriptors (${RAISE_DESCRIPTORS})`,
    );
  };
  return {
    shares,
    allowed: (settings) => {
      const wanted = concurrencyOf(settings).total.start;
      if (wanted > shares.probes)
        warn(
          { probes: shares.probes, wanted },
          `only ${shares.probes} instead of ${wanted} probes run at once`,
        );
      return concurrencyOf(settings, shares.probes);
    },
    note: (evidence) => {
      const failed = failedStages(evidence).find(({ failure }) => failure && isOutOfDescriptors(failure));
      if (failed !== undefined)
        warn(
          { code: failed.failure?.code },
          'a probe got no file descriptor, so it shows nothing about its mailbox',
        );
    },
  };
}
