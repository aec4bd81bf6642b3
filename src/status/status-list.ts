/**
 * The statuses of all targets, in the order of the configuration. Each request reads the list, and most of the statuses
 * have not changed since the request before. So the list is kept in parts, and only parts that have changed are copied.
 * Used by the target table.
 */
import { asOf, freshFrom, freshUntil } from '../model/freshness.ts';
import type { TargetStatus } from '../model/status.ts';

export interface StatusList {
  readonly put: (key: string, status: TargetStatus) => void;
  /** Must be called if targets were removed, or if their order has changed. */
  readonly reset: () => void;
  /** Returns the same array until a status changes. */
  readonly all: () => readonly TargetStatus[];
  /** Returns all statuses, with the state `unknown` where the result is too old. */
  readonly asOf: (now: number) => readonly TargetStatus[];
}

const PART = 256;

interface Part {
  statuses: TargetStatus[];
  /** True if a caller may hold `statuses`. They must then be copied before a change. */
  isRead: boolean;
  /** No result is too old between these times, nor too far in the future. */
  freshFrom: number;
  freshUntil: number;
}

/** `read` returns all statuses with their keys, in order. Called after `reset`, and after a new target. */
export function createStatusList(read: () => Iterable<readonly [string, TargetStatus]>): StatusList {
  let parts: readonly Part[] | undefined;
  let positions: ReadonlyMap<string, number> = new Map();
  let joined: readonly TargetStatus[] | undefined;

  const reset = (): void => {
    parts = undefined;
    joined = undefined;
  };
  const current = (): readonly Part[] => {
    if (parts !== undefined) return parts;
    const statuses: TargetStatus[] = [];
    const places = new Map<string, number>();
    for (const [key, status] of read()) places.set(key, statuses.push(status) - 1);
    positions = places;
    parts = partsOf(statuses);
    return parts;
  };
  const all = (): readonly TargetStatus[] =>
    (joined ??= concatenated(current().map((part) => readFrom(part))));

  return {
    reset,
    put(key, status) {
      joined = undefined;
      const at = positions.get(key);
      const part = at === undefined ? undefined : parts?.[Math.floor(at / PART)];
      if (at === undefined || part === undefined) reset();
      else replace(part, at % PART, status);
    },
    all,
    asOf(now) {
      const isFresh = ({ freshFrom: from, freshUntil: until }: Part): boolean => from <= now && now <= until;
      const late = new Map<Part, readonly TargetStatus[]>();
      for (const part of current()) {
        if (isFresh(part)) continue;
        Object.assign(part, freshSpan(part.statuses));
        if (!isFresh(part)) late.set(part, asOf(readFrom(part), now));
      }
      return late.size === 0
        ? all()
        : concatenated(current().map((part) => late.get(part) ?? readFrom(part)));
    },
  };
}

function partsOf(statuses: readonly TargetStatus[]): readonly Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < statuses.length; from += PART) {
    const own = statuses.slice(from, from + PART);
    parts.push({ statuses: own, isRead: false, ...freshSpan(own) });
  }
  return parts;
}

function readFrom(part: Part): readonly TargetStatus[] {
  part.isRead = true;
  return part.statuses;
}

/** The span can only become shorter here. `asOf` computes it again when it has ended. */
function replace(part: Part, at: number, status: TargetStatus): void {
  if (part.isRead) part.statuses = [...part.statuses];
  part.isRead = false;
  part.statuses[at] = status;
  part.freshFrom = Math.max(part.freshFrom, freshFrom(status) ?? -Infinity);
  part.freshUntil = Math.min(part.freshUntil, freshUntil(status) ?? Infinity);
}

function freshSpan(statuses: readonly TargetStatus[]): Pick<Part, 'freshFrom' | 'freshUntil'> {
  return {
    freshFrom: Math.max(...statuses.map((status) => freshFrom(status) ?? -Infinity)),
    freshUntil: Math.min(...statuses.map((status) => freshUntil(status) ?? Infinity)),
  };
}

function concatenated(lists: readonly (readonly TargetStatus[])[]): readonly TargetStatus[] {
  return new Array<TargetStatus>().concat(...lists);
}
