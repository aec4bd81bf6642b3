/**
 * The records of all targets. Each written record also updates the counts of `peers.ts` and the index of
 * `candidates.ts`. Used by the status store.
 */
import type { TargetStatus } from '../model/status.ts';
import { otherProtocols } from '../model/protocol.ts';
import { isSameTarget, targetKey, type Target } from '../model/target.ts';
import { createCandidateIndex } from './candidates.ts';
import type { Candidates } from './corroboration.ts';
import { createPeerCounts, type PeerCounts } from './peers.ts';
import { createStatusList, type StatusList } from './status-list.ts';
import type { TargetRecord } from './target-record.ts';

/**
 * One step of an update: a record was removed, a record was added, or neither. `isConfigured` is true if another
 * mailbox or endpoint now has the key of the removed target.
 */
export type Step =
  | { readonly gone: TargetRecord; readonly isConfigured: boolean }
  | { readonly begun: TargetRecord }
  | undefined;

export interface TargetTable {
  /**
   * Replaces the targets in steps, so that the caller can do other work in between. Each step reports a record that was
   * removed or added. A record stays if its target is still the same mailbox at the same endpoint. `begin` creates all
   * other records.
   */
  readonly update: (targets: readonly Target[], begin: (target: Target) => TargetRecord) => Iterable<Step>;
  /** Undefined if the target is no longer configured, or if its key now belongs to another mailbox or endpoint. */
  readonly find: (target: Target) => TargetRecord | undefined;
  readonly get: (key: string) => TargetRecord | undefined;
  readonly put: (record: TargetRecord) => void;
  readonly records: () => Iterable<TargetRecord>;
  /** Returns the keys of the records that were confirmed up, added, replaced or removed since the last call. */
  readonly takeMoved: () => ReadonlySet<string>;
  readonly statuses: Pick<StatusList, 'all' | 'asOf'>;
  readonly peers: PeerCounts;
  readonly candidates: Candidates;
}

export function createTargetTable(): TargetTable {
  let records = new Map<string, TargetRecord>();
  const statuses = createStatusList(() => entriesOf(records));
  let moved = new Set<string>();
  const peers = createPeerCounts();
  const { add, remove, siblingsOf } = createCandidateIndex();

  const get = (key: string): TargetRecord | undefined => records.get(key);
  const find = (target: Target): TargetRecord | undefined => ifSame(get(targetKey(target)), target);

  const forget = ({ status: { target }, mark }: TargetRecord): void => {
    peers.remove(target, mark);
    remove(target, mark.outcome);
    const key = targetKey(target);
    records.delete(key);
    statuses.reset();
    moved.add(key);
  };

  const put = (record: TargetRecord): void => {
    const { target } = record.status;
    const key = targetKey(target);
    const before = records.get(key);
    records.set(key, record);
    if (hasMoved(before, record)) moved.add(key);
    statuses.put(key, record.status);
    if (before === undefined) peers.add(target, record.mark);
    else if (before.mark !== record.mark) peers.replace(target, before.mark, record.mark);
    const isOutcomeKept = before?.mark.outcome === record.mark.outcome;
    if (isOutcomeKept && before?.status.target === target) return;
    if (before !== undefined && !isOutcomeKept) remove(before.status.target, before.mark.outcome);
    add(target, record.mark.outcome);
  };

  return {
    *update(targets, begin) {
      yield* replaced({ records, find, get, put, forget }, targets, begin);
      if (!isInOrder(records, targets)) {
        records = new Map(targets.flatMap((target) => entryOf(records, targetKey(target))));
        statuses.reset();
      }
      yield* statuses.fill();
    },
    find,
    get,
    put,
    records: () => records.values(),
    takeMoved: () => {
      const taken = moved;
      moved = new Set();
      return taken;
    },
    statuses,
    peers,
    candidates: candidatesOf(get, siblingsOf, peers),
  };
}

function* entriesOf(records: ReadonlyMap<string, TargetRecord>): Iterable<readonly [string, TargetStatus]> {
  for (const [key, { status }] of records) yield [key, status];
}

/** Whether the records are in the order of the configuration, as they are unless mailboxes changed their order. */
function isInOrder(records: ReadonlyMap<string, TargetRecord>, targets: readonly Target[]): boolean {
  if (records.size !== targets.length) return false;
  let at = 0;
  for (const { status } of records.values()) if (status.target !== targets[at++]) return false;
  return true;
}

function hasMoved(before: TargetRecord | undefined, after: TargetRecord): boolean {
  if (before?.watchedSince !== after.watchedSince) return true;
  return after.status.confirmed === 'up' && before.status.confirmed !== 'up';
}

interface Replaced extends Pick<TargetTable, 'find' | 'get' | 'put'> {
  readonly records: ReadonlyMap<string, TargetRecord>;
  readonly forget: (record: TargetRecord) => void;
}

/** Removes the records of targets that are gone, and then adds those of new targets. */
function* replaced(
  { records, find, get, put, forget }: Replaced,
  targets: readonly Target[],
  begin: (target: Target) => TargetRecord,
): Iterable<Step> {
  const next = new Map<string, Target>();
  for (const target of targets) {
    next.set(targetKey(target), target);
    yield;
  }
  for (const [key, record] of records) {
    const target = next.get(key);
    const isKept = target !== undefined && isSame(record.status.target, target);
    if (!isKept) forget(get(key) ?? record);
    yield isKept ? undefined : { gone: record, isConfigured: target !== undefined };
  }
  for (const target of next.values()) {
    const known = find(target);
    const record = known === undefined ? begin(target) : withTarget(known, target);
    if (record !== known) put(record);
    yield known === undefined ? { begun: record } : undefined;
  }
}

function candidatesOf(
  get: TargetTable['get'],
  siblingsOf: Candidates['siblingsOf'],
  { hasWorkedAfter }: PeerCounts,
): Candidates {
  return {
    siblingsOf,
    hasWorkedAfter,
    outcomeOf: (target) => get(targetKey(target))?.mark.outcome ?? 'unknown',
    otherProtocolsOf: (target) =>
      otherProtocols(target.protocol).flatMap((protocol) => {
        const other = get(targetKey({ ...target, protocol }))?.status.target;
        return other?.app.id === target.app.id ? [other] : [];
      }),
  };
}

function isSame(a: Target, b: Target): boolean {
  return a === b || isSameTarget(a, b);
}

function ifSame(record: TargetRecord | undefined, target: Target): TargetRecord | undefined {
  return record !== undefined && isSame(record.status.target, target) ? record : undefined;
}

function withTarget(record: TargetRecord, target: Target): TargetRecord {
  return record.status.target === target ? record : { ...record, status: { ...record.status, target } };
}

function entryOf(records: ReadonlyMap<string, TargetRecord>, key: string): readonly [string, TargetRecord][] {
  const record = records.get(key);
  return record === undefined ? [] : [[key, record]];
}
