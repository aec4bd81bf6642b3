/**
 * How long each phase of the last probes took, for the chart on the page of a mailbox. Kept in blocks of numbers, which
 * take 320 bytes for each target. It is not stored, so it is empty after a restart.
 */
import { MAIL_LEG, type Evidence } from '../model/evidence.ts';

export const PHASES = ['token', ...MAIL_LEG] as const;
/** The position of each phase among the numbers of one probe. */
const FIELD_OF: ReadonlyMap<string, number> = new Map(PHASES.map((phase, at) => [phase, 2 + at]));

export interface Latency {
  /** Epoch milliseconds, to the second. */
  readonly at: number;
  /** In the order of `PHASES`, in milliseconds. */
  readonly phasesMs: readonly number[];
}

export interface Latencies {
  readonly note: (key: string, evidence: Evidence) => void;
  /** The oldest comes first. */
  readonly of: (key: string) => readonly Latency[];
}

const KEPT = 16;
/** How many numbers a probe takes: two for its start in seconds, and one for each phase. */
const FIELDS = 2 + PHASES.length;
const SLOT = KEPT * FIELDS;
/**
 * The number of targets in each block. A single array would have to be copied to grow. With six megabytes of numbers,
 * the old and the new array would both be in memory for a moment.
 */
const SLOTS_PER_BLOCK = 256;
const MOST_TARGETS = 25_000;
const LONGEST = 0xffff;

export function createLatencies(mostTargets = MOST_TARGETS): Latencies {
  const slots = new Map<string, number>();
  const blocks: Uint16Array[] = [];
  const valuesOf = (slot: number): Uint16Array => {
    const block = (blocks[Math.floor(slot / SLOTS_PER_BLOCK)] ??= new Uint16Array(SLOTS_PER_BLOCK * SLOT));
    const from = (slot % SLOTS_PER_BLOCK) * SLOT;
    return block.subarray(from, from + SLOT);
  };

  /**
   * Returns the position of the target. If there are too many targets, the target that was added first loses its
   * position.
   */
  const slotOf = (key: string): number => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    const [oldest] = slots;
    const reused = slots.size >= mostTargets ? oldest : undefined;
    if (reused !== undefined) slots.delete(reused[0]);
    const slot = reused === undefined ? slots.size : reused[1];
    valuesOf(slot).fill(0);
    slots.set(key, slot);
    return slot;
  };

  return {
    note: (key, evidence) => {
      const values = valuesOf(slotOf(key));
      values.copyWithin(FIELDS, 0, SLOT - FIELDS);
      const seconds = Math.floor(evidence.startedAt / 1000);
      values[0] = Math.floor(seconds / 0x10000);
      values[1] = seconds % 0x10000;
      values.fill(0, 2, FIELDS);
      for (const { stage, seconds: took } of evidence.stages) {
        const field = FIELD_OF.get(stage);
        if (field !== undefined) values[field] = Math.min(LONGEST, Math.round(took * 1000));
      }
    },
    of: (key) => {
      const slot = slots.get(key);
      if (slot === undefined) return [];
      const values = valuesOf(slot);
      return Array.from({ length: KEPT }, (_, n) => read(values.subarray(n * FIELDS, (n + 1) * FIELDS)))
        .filter(({ at }) => at > 0)
        .reverse();
    },
  };
}

function read([high = 0, low = 0, ...phasesMs]: Uint16Array): Latency {
  return { at: (high * 0x10000 + low) * 1000, phasesMs };
}
