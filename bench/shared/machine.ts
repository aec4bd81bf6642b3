/** Describes the machine on which a figure was measured, and how busy it was. */
import { availableParallelism, loadavg, totalmem } from 'node:os';

export function machineName(): string {
  return `${availableParallelism()} cores, ${Math.ceil(totalmem() / 2 ** 30)} GiB`;
}

/**
 * The load is the average number of processes that ran or waited in the last minute. If it is higher than the number of
 * cores, processes waited.
 */
export function machineLine(): string {
  return `${machineName()}, Node.js ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(1)}`;
}
