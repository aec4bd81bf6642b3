/** Probes that one replica asks of another: what the asker is answered, with a store that is a fake. */
import { expect, onTestFinished, test } from 'vitest';
import { type AskedProbes, createAskedProbes } from '../src/asked-probes.ts';
import type { AnsweredProbe } from '../src/model/asked-probe.ts';
import type { Ask } from '../src/store/postgres/asks.ts';
import { anApp } from './support/builders.ts';

/** Only a hang reaches it, where somebody holds the app. */
const PATIENCE_MS = 120_000;
const LEASE = { replica: 'id', epochs: new Map([['plm', 1]]) };

interface Rows {
  readonly rows: Map<string, Ask & { readonly taken: boolean; readonly answer?: AnsweredProbe }>;
  readonly make: (
    holds: boolean,
    probeHere: () => Promise<AnsweredProbe>,
    takenWithinMs?: number,
  ) => AskedProbes;
}

/** One table between all that are made. */
function aTable(): Rows {
  const rows: Rows['rows'] = new Map();
  const store = {
    ask: async (ask: Ask) => void rows.set(ask.id, { ...ask, taken: false }),
    takeAsks: async () => {
      const found = [...rows.values()].filter(({ taken }) => !taken);
      for (const row of found) rows.set(row.id, { ...row, taken: true });
      return found;
    },
    answerAsk: async (id: string, answer: AnsweredProbe) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, answer });
    },
    answerOf: async (id: string) => {
      const { taken = false, answer } = rows.get(id) ?? {};
      return { isTaken: taken, ...(answer && { answer }) };
    },
    endAsk: async (id: string) => void rows.delete(id),
  };
  return {
    rows,
    make: (holds, probeHere, takenWithinMs = PATIENCE_MS) => {
      const lease = (): typeof LEASE | undefined => (holds ? LEASE : undefined);
      const times = { takeEveryMs: 1, readEveryMs: 1, takenWithinMs };
      const made = createAskedProbes({ store, lease, probeHere, onError: () => undefined, times });
      onTestFinished(made.close);
      return made;
    },
  };
}

const nothing = async (): Promise<AnsweredProbe> => ({ replica: 'a', targets: [] });
const app = anApp({ id: 'plm', timeoutMs: PATIENCE_MS });

test('the holder probes, and its name comes back; the row is gone', async () => {
  const { rows, make } = aTable();
  make(true, async () => ({ replica: 'b', targets: [] }));
  const answer = await make(false, nothing).askAnother(app, 'qms', ['imap']);
  expect(answer).toEqual({ replica: 'b', targets: [] });
  expect(rows.size).toBe(0);
});

test('where nobody holds the app, the asker is told so', async () => {
  const { rows, make } = aTable();
  await expect(make(false, nothing, 0).askAnother(app, 'qms')).rejects.toMatchObject({
    details: { status: 504, detail: expect.stringContaining('No replica probes the app plm now.') },
  });
  expect(rows.size).toBe(0);
});
