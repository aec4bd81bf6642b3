/**
 * How long the phases of the last probes took, for the chart on a mailbox's page. Of fixed size: one block of numbers for
 * all targets, 320 bytes each; nothing of it outlives the process.
 */
import { MAIL_LEG, type Evidence, stageOf } from '../model/evidence.ts';

export const PHASES = ['token', ...MAIL_LEG] as const;

export interface Latency {
  /** Epoch milliseconds, to the second. */
  readonly at: number;
  /** In the order of `PHASES`, in milliseconds. */
  readonly phasesMs: readonly number[];
}

export interface Latencies {
  readonly note: (key: string, evidence: Evidence) => void;
  /** Oldest first. */
  readonly of: (key: string) => readonly Latency[];
}

const KEPT = 16;
/** Of a probe: its start in seconds, as two numbers, then the phases. */
const FIELDS = 2 + PHASES.length;
const SLOT = KEPT * FIELDS;
const MOST_TARGETS = 25_000;
const LONGEST = 0xffff;

export function createLatencies(mostTargets = MOST_TARGETS): Latencies {
  const slots = new Map<string, number>();
  let block = new Uint16Array(64 * SLOT);

  /** Of too many targets, the one that has been known longest gives up its place. */
  const slotOf = (key: string): number => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    const [oldest] = slots;
    const reused = slots.size >= mostTargets ? oldest : undefined;
    if (reused !== undefined) slots.delete(reused[0]);
    const slot = reused === undefined ? slots.size * SLOT : reused[1];
    if (slot + SLOT > block.length) {
      const larger = new Uint16Array(block.length * 2);
      larger.set(block);
      block = larger;
    }
    block.fill(0, slot, slot + SLOT);
    slots.set(key, slot);
    return slot;
  };

  return {
    note: (key, evidence) => {
      const slot = slotOf(key);
      block.copyWithin(slot + FIELDS, slot, slot + SLOT - FIELDS);
      const seconds = Math.floor(evidence.startedAt / 1000);
      block[slot] = Math.floor(seconds / 0x10000);
      block[slot + 1] = seconds % 0x10000;
      for (const [at, phase] of PHASES.entries()) {
        const ms = Math.round((stageOf(evidence, phase)?.seconds ?? 0) * 1000);
        block[slot + 2 + at] = Math.min(LONGEST, ms);
      }
    },
    of: (key) => {
      const slot = slots.get(key);
      if (slot === undefined) return [];
      return Array.from({ length: KEPT }, (_, n) =>
        read(block.subarray(slot + n * FIELDS, slot + (n + 1) * FIELDS)),
      )
        .filter(({ at }) => at > 0)
        .reverse();
    },
  };
}

function read([high = 0, low = 0, ...phasesMs]: Uint16Array): Latency {
  return { at: (high * 0x10000 + low) * 1000, phasesMs };
}
