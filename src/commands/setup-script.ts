/**
 * `setup-script`: the set-up guide as one PowerShell script for the configured apps and mailboxes, on standard output.
 * Connects to nothing. Called by `main.ts`. `check --checklist` shows which steps are done.
 */
import { closest } from 'fastest-levenshtein';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { partlyKnownCloudAt } from '../model/microsoft365.ts';
import type { App } from '../model/target.ts';
import { EXIT, UsageError, type Command } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { planSetup } from './setup-script/plan.ts';
import { renderRollback } from './setup-script/rollback.ts';
import { renderSetupScript } from './setup-script/script.ts';

export const setupScript: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS['setup-script'], args);
  const loaded = await loadConfig(values.config, { ...io, withoutSecrets: true });
  if (!loaded.ok) {
    io.stderr.write(formatErrors(loaded.errors));
    return EXIT.unknown;
  }
  const { apps } = loaded.config;
  const chosen = values.app === undefined ? apps : [findApp(apps, values.app)];
  refusePartlyKnown(chosen);
  const render = values.rollback === true ? renderRollback : renderSetupScript;
  io.stdout.write(render(planSetup(loaded.config, chosen)));
  return EXIT.ok;
};

/** Refuses a partly known cloud, because the script would sign in to the global one. */
function refusePartlyKnown(apps: readonly App[]): void {
  for (const { id, authority } of apps) {
    const cloud = partlyKnownCloudAt(authority);
    if (cloud === undefined) continue;
    throw new UsageError(
      `app ${id} signs in to ${cloud.title}, for which mailprobe cannot write a script: it does not know the environment of Exchange Online PowerShell there (Microsoft Graph PowerShell has -Environment ${cloud.graphEnvironment}). Follow docs/setup.md by hand; --app ID writes the script for another app.`,
    );
  }
}

function findApp(apps: readonly App[], id: string): App {
  const app = apps.find((each) => each.id === id);
  if (app !== undefined) return app;
  const known = apps.map((each) => each.id);
  throw new UsageError(`no app has the id "${id}". Did you mean "${closest(id, known)}"?`);
}
