/**
 * The statements for the table of apps. Each row holds an app and the replica that probes it. Part of `lease-table.ts`.
 */
import type { Queries } from '../model/database.ts';
import type { AppLoad } from './cluster.ts';

export interface AssignmentRow {
  readonly app: string;
  readonly tenant: string;
  readonly weight: number;
  readonly epoch: number;
  readonly replica: string | null;
  /** The replica that should take the free app. Null if there is none. */
  readonly offered: string | null;
}

export interface AssignmentTable {
  readonly assignments: () => Promise<readonly AssignmentRow[]>;
  /** Adds rows for these apps, and updates those that differ. */
  readonly add: (apps: readonly AppLoad[]) => Promise<void>;
  /** Takes these apps if they are still free. Returns those that it took, with their new epochs. */
  readonly take: (
    id: string,
    apps: readonly string[],
  ) => Promise<readonly { readonly app: string; readonly epoch: number }[]>;
  /** Frees these apps. `to`: the replica that should take the app. */
  readonly give: (
    id: string,
    apps: readonly { readonly app: string; readonly to?: string | undefined }[],
  ) => Promise<void>;
  /** Deletes the rows of our apps that are no longer configured. */
  readonly forget: (id: string, apps: readonly string[]) => Promise<void>;
}

const IN_LIST = '(SELECT json_array_elements_text($2::text::json))';

export function createAssignmentTable({ all, run }: Queries): AssignmentTable {
  return {
    assignments: async () =>
      await all<AssignmentRow>(
        'SELECT app, tenant, weight, epoch, replica, offered FROM mailprobe.assignment ORDER BY app',
      ),
    add: async (apps) =>
      void (await run(
        `INSERT INTO mailprobe.assignment AS a (app, tenant, weight)
         SELECT app, tenant, weight FROM json_to_recordset($1::text::json) AS n (app text, tenant text, weight int)
         ORDER BY app
         ON CONFLICT (app) DO UPDATE SET tenant = excluded.tenant, weight = excluded.weight
         WHERE (a.tenant, a.weight) IS DISTINCT FROM (excluded.tenant, excluded.weight)`,
        JSON.stringify(apps),
      )),
    take: async (id, apps) =>
      await all<{ app: string; epoch: number }>(
        `UPDATE mailprobe.assignment SET replica = $1, offered = NULL, epoch = epoch + 1
         WHERE replica IS NULL AND app IN ${IN_LIST}
           AND EXISTS (SELECT 1 FROM mailprobe.replica WHERE id = $1 AND alive_until > clock_timestamp() FOR SHARE)
         RETURNING app, epoch`,
        id,
        JSON.stringify(apps),
      ),
    give: async (id, apps) =>
      void (await run(
        `UPDATE mailprobe.assignment a SET replica = NULL,
           offered = (SELECT r.id FROM mailprobe.replica r WHERE r.id = n."to")
         FROM json_to_recordset($2::text::json) AS n (app text, "to" text)
         WHERE a.app = n.app AND a.replica = $1`,
        id,
        JSON.stringify(apps),
      )),
    forget: async (id, apps) =>
      void (await run(
        `DELETE FROM mailprobe.assignment WHERE replica = $1 AND app IN ${IN_LIST}`,
        id,
        JSON.stringify(apps),
      )),
  };
}
