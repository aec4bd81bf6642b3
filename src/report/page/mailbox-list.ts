/** Decides which rows of the mailbox table are shown, and in which order: search, sorting, grouping and paging. */
import type { Confirmed } from '../../model/status.ts';
import { targetHealth } from '../health.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';

export const SORTS = ['worst', 'name', 'app', 'since'] as const;
export type Sort = (typeof SORTS)[number];

/** Groups by app, or by the value of a label. */
export type Grouping = 'app' | { readonly label: string };

export interface ListQuery {
  /** A part of an id, of an address or of the value of a label, in any case. */
  readonly search?: string;
  readonly sort: Sort;
  readonly group?: Grouping;
  /** The number of the page, from 1. */
  readonly page: number;
}

export interface Group {
  readonly name: string;
  readonly counts: Readonly<Record<Confirmed, number>>;
}

export interface ListedMailbox {
  readonly status: MailboxStatus;
  /** Present on the first row of a group, and on the first row of each page. */
  readonly group: Group | undefined;
}

export interface MailboxList {
  readonly rows: readonly ListedMailbox[];
  /** The number of rows on all pages together. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

const ROWS_PER_PAGE = 50;
const HEALTH_ORDER = { fail: 0, warn: 1, pass: 2 } as const;

export function listMailboxes(mailboxes: readonly MailboxStatus[], query: ListQuery): MailboxList {
  const found = search(mailboxes, query.search);
  const sorted = found.toSorted(orderOf(query.sort));
  const groups = query.group === undefined ? undefined : grouped(sorted, query.group);
  const ordered = groups === undefined ? sorted : groups.flatMap(({ members }) => members);
  const pages = Math.max(1, Math.ceil(ordered.length / ROWS_PER_PAGE));
  const page = Math.min(query.page, pages);
  const shown = ordered.slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE);
  const groupOf = new Map(groups?.flatMap(({ group, members }) => members.map((one) => [one, group])));
  const rows = shown.map((status, at): ListedMailbox => {
    const group = groupOf.get(status);
    const before = shown[at - 1];
    const begins = group !== undefined && (before === undefined || groupOf.get(before) !== group);
    return { status, group: begins ? group : undefined };
  });
  return { rows, total: ordered.length, page, pages };
}

function search(mailboxes: readonly MailboxStatus[], text: string | undefined): readonly MailboxStatus[] {
  if (text === undefined) return mailboxes;
  const wanted = text.toLowerCase();
  return mailboxes.filter(({ mailbox: { id, address, labels } }) =>
    [id, address, ...Object.values(labels)].some((value) => value.toLowerCase().includes(wanted)),
  );
}

function orderOf(sort: Sort): (a: MailboxStatus, b: MailboxStatus) => number {
  const byName = (a: MailboxStatus, b: MailboxStatus): number => compare(a.mailbox.id, b.mailbox.id);
  switch (sort) {
    case 'name':
      return byName;
    case 'app':
      return (a, b) => compare(a.mailbox.app, b.mailbox.app) || byName(a, b);
    case 'since':
      return (a, b) => changedAt(b) - changedAt(a) || byName(a, b);
    case 'worst':
      return (a, b) => rankOf(a) - rankOf(b);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns when the state of the mailbox last changed, over any protocol. Returns 0 if that is unknown. */
function changedAt({ targets }: MailboxStatus): number {
  return Math.max(0, ...targets.map(({ confirmedSince = 0 }) => confirmedSince));
}

function rankOf({ targets }: MailboxStatus): number {
  let rank = 2;
  for (const status of targets) rank = Math.min(rank, HEALTH_ORDER[targetHealth(status)]);
  return rank;
}

interface Members {
  readonly group: Group;
  readonly members: readonly MailboxStatus[];
}

/** The group with the most mailboxes that are down comes first. */
function grouped(mailboxes: readonly MailboxStatus[], grouping: Grouping): readonly Members[] {
  const byName = Map.groupBy(mailboxes, ({ mailbox: { app, labels } }) =>
    grouping === 'app' ? app : Object.hasOwn(labels, grouping.label) ? (labels[grouping.label] ?? '') : '',
  );
  return Array.from(byName, ([name, members]) => ({
    group: { name, counts: countStates(members) },
    members,
  })).sort((a, b) => b.group.counts.down - a.group.counts.down || compare(a.group.name, b.group.name));
}

export function countStates(mailboxes: readonly MailboxStatus[]): Readonly<Record<Confirmed, number>> {
  const counts = { up: 0, down: 0, unknown: 0 };
  for (const mailbox of mailboxes) counts[mailboxState(mailbox)] += 1;
  return counts;
}
