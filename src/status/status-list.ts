/**
 * The statuses of all targets, in the order of the configuration. Each request reads the list, and most of the statuses
 * have not changed since the request before. So the list is kept in parts, and only parts that have changed are copied.
 * Used by the target table.
 */
import { asOf, freshFrom, freshUntil } from '../model/freshness.ts';
import type { TargetStatus } from '../model/status.ts';

export interface StatusList {
  readonly put: (key: string, status: TargetStatus) => void;
  /** Must be called if targets were removed, or if their order has changed. The list is then read again. */
  readonly reset: () => void;
  /**
   * Reads the list again after `reset`, in short steps. Without this, the next caller of `all` or `asOf` waits for it,
   * which takes 20 ms for twenty thousand targets.
   */
  readonly fill: () => Iterable<undefined>;
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

/**
 * `read` returns all statuses with their keys, in order. It is read in steps, and a status that changes meanwhile must be
 * returned as it is when it is reached.
 */
export function createStatusList(read: Read): StatusList {
  const list = createPartList(read);
  let joined: readonly TargetStatus[] | undefined;

  const reset = (): void => {
    list.reset();
    joined = undefined;
  };
  const all = (): readonly TargetStatus[] =>
    (joined ??= concatenated(list.all().map((part) => readFrom(part))));

  return {
    reset,
    put(key, status) {
      joined = undefined;
      const place = list.placeOf(key);
      if (place !== undefined) replace(place.part, place.at, status);
      // While the list is being read, the status may be among those that are still to be read.
      else if (list.isFilled()) reset();
    },
    *fill() {
      while (list.readPart()) yield undefined;
    },
    all,
    asOf(now) {
      const isFresh = ({ freshFrom: from, freshUntil: until }: Part): boolean => from <= now && now <= until;
      const late = new Map<Part, readonly TargetStatus[]>();
      for (const part of list.all()) {
        if (isFresh(part)) continue;
        Object.assign(part, freshSpan(part.statuses));
        if (!isFresh(part)) late.set(part, asOf(readFrom(part), now));
      }
      return late.size === 0
        ? all()
        : concatenated(list.all().map((part) => late.get(part) ?? readFrom(part)));
    },
  };
}

type Read = () => Iterable<readonly [string, TargetStatus]>;

interface PartList {
  readonly reset: () => void;
  /** Reads the statuses of one part. Returns false if all were read before. */
  readonly readPart: () => boolean;
  readonly isFilled: () => boolean;
  /** Undefined if the status is not in the list, or not yet. */
  readonly placeOf: (key: string) => { readonly part: Part; readonly at: number } | undefined;
  /** Reads what is still to be read. */
  readonly all: () => readonly Part[];
}

function createPartList(read: Read): PartList {
  let parts: Part[] = [];
  let positions = new Map<string, number>();
  let isFilled = false;
  /** The statuses that are not in the list yet. Undefined before the first one is read, and when all are in it. */
  let unread: Iterator<readonly [string, TargetStatus]> | undefined;

  const readPart = (): boolean => {
    if (isFilled) return false;
    unread ??= read()[Symbol.iterator]();
    const part: Part = { statuses: [], isRead: false, freshFrom: -Infinity, freshUntil: Infinity };
    for (let at = 0; at < PART; at += 1) {
      const next = unread.next();
      if (next.done === true) {
        isFilled = true;
        unread = undefined;
        break;
      }
      const [key, status] = next.value;
      positions.set(key, parts.length * PART + at);
      write(part, at, status);
    }
    if (part.statuses.length > 0) parts.push(part);
    return true;
  };

  return {
    reset() {
      parts = [];
      positions = new Map();
      isFilled = false;
      unread = undefined;
    },
    readPart,
    isFilled: () => isFilled,
    placeOf(key) {
      const position = positions.get(key);
      const part = position === undefined ? undefined : parts[Math.floor(position / PART)];
      return position === undefined || part === undefined ? undefined : { part, at: position % PART };
    },
    all() {
      while (readPart());
      return parts;
    },
  };
}

function readFrom(part: Part): readonly TargetStatus[] {
  part.isRead = true;
  return part.statuses;
}

/** The span can only become shorter here. `asOf` computes it again when it has ended. */
function replace(part: Part, at: number, status: TargetStatus): void {
  if (part.isRead) part.statuses = [...part.statuses];
  part.isRead = false;
  write(part, at, status);
}

function write(part: Part, at: number, status: TargetStatus): void {
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
