/** The statements for acknowledgements of incidents. */
import type { Queries } from '../../model/database.ts';
import type { Acknowledgement } from '../../model/incident.ts';

export async function acknowledge(
  { run }: Queries,
  incident: string,
  { by, note, at, until }: Acknowledgement,
): Promise<boolean> {
  const acknowledged = await run(
    `INSERT INTO mailprobe.acknowledgement (incident, by, note, at, ends)
     SELECT id, $2, $3, $4::bigint, $5::bigint FROM mailprobe.incident WHERE id = $1
     ON CONFLICT (incident) DO UPDATE SET by = excluded.by, note = excluded.note, at = excluded.at,
       ends = excluded.ends`,
    incident,
    by,
    note,
    at,
    until,
  );
  return acknowledged > 0;
}

export async function unacknowledge({ run }: Queries, incident: string): Promise<boolean> {
  return (await run('DELETE FROM mailprobe.acknowledgement WHERE incident = $1', incident)) > 0;
}
