/**
 * The row of a prober session, for both SQLite and PostgreSQL. The column `replica` is empty if the prober has no name.
 */
import type { ProberSession } from '../model/memory.ts';

export type SessionRow = ProberSession & { readonly replica: string };

export function sessionRow({ replica = '', ...session }: ProberSession): SessionRow {
  return { ...session, replica };
}

export function sessionOf({ id, replica, from, until }: SessionRow): ProberSession {
  return { id, from, until, ...(replica === '' ? {} : { replica }) };
}
