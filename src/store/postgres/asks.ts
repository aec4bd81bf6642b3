/**
 * Asks: a replica that does not hold an app asks for a probe, and the replica that holds the app makes it. Each ask is
 * a row. The holder takes the row and writes its answer into it. The row is deleted when the answer is read, or after a
 * few minutes.
 */
import type { AnsweredProbe } from '../../model/asked-probe.ts';
import type { Queries } from '../../model/database.ts';
import type { Protocol } from '../../model/protocol.ts';

export interface Ask {
  readonly id: string;
  readonly app: string;
  readonly mailbox: string;
  /** Absent for all protocols. */
  readonly protocols?: readonly Protocol[] | undefined;
}

/** An ask can be taken for this long. If nobody takes the ask, the replica that asks gives up sooner. */
const WAITED_FOR = "interval '1 minute'";
const FORGOTTEN_AFTER = "interval '5 minutes'";

export async function ask({ run }: Queries, { id, app, mailbox, protocols }: Ask): Promise<void> {
  await run(
    'INSERT INTO mailprobe.ask (id, app, mailbox, protocols) VALUES ($1, $2, $3, $4)',
    id,
    app,
    mailbox,
    protocols === undefined ? null : JSON.stringify(protocols),
  );
}

export async function takeAsks({ all }: Queries, replica: string): Promise<readonly Ask[]> {
  const rows = await all<{ id: string; app: string; mailbox: string; protocols: string | null }>(
    `UPDATE mailprobe.ask SET taken = true
     WHERE NOT taken AND asked > clock_timestamp() - ${WAITED_FOR}
       AND app IN (SELECT app FROM mailprobe.assignment WHERE replica = $1)
     RETURNING id, app, mailbox, protocols`,
    replica,
  );
  return rows.map(({ id, app, mailbox, protocols }): Ask => {
    const asked: readonly Protocol[] | null = JSON.parse(protocols ?? 'null');
    return { id, app, mailbox, protocols: asked ?? undefined };
  });
}

export async function answerAsk({ run }: Queries, id: string, answer: string): Promise<void> {
  await run('UPDATE mailprobe.ask SET answer = $2 WHERE id = $1', id, answer);
}

export async function answerOf(
  { all }: Queries,
  id: string,
): Promise<{ readonly isTaken: boolean; readonly answer?: AnsweredProbe }> {
  const [row] = await all<{ taken: boolean; answer: string | null }>(
    'SELECT taken, answer FROM mailprobe.ask WHERE id = $1',
    id,
  );
  const answer: AnsweredProbe | null = JSON.parse(row?.answer ?? 'null');
  return { isTaken: row?.taken === true, ...(answer !== null && { answer }) };
}

export async function endAsk({ run }: Queries, id: string): Promise<void> {
  await run(`DELETE FROM mailprobe.ask WHERE id = $1 OR asked < clock_timestamp() - ${FORGOTTEN_AFTER}`, id);
}
