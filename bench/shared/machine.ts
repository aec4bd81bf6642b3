/** What a figure was measured on, and how busy that machine was. */
import { availableParallelism, loadavg, totalmem } from 'node:os';

export function machineName(): string {
  return `${availableParallelism()} cores, ${Math.ceil(totalmem() / 2 ** 30)} GiB`;
}

/** The load is the number of processes that ran or waited, over the last minute: above the cores, they waited. */
export function machineLine(): string {
  return `${machineName()}, Node.js ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(1)}`;
}
