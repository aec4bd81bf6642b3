/**
 * `setup-script`: prints the set-up guide as one PowerShell script for the configured apps and mailboxes, on standard
 * output. Connects to nothing. Called by `main.ts`. `check --checklist` shows which steps are done.
 */
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { partlyKnownCloudAt } from '../model/microsoft365.ts';
import { cleanText } from '../model/text.ts';
import type { App } from '../model/target.ts';
import { EXIT, UsageError, type Command } from './command.ts';
import { nearest, parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { planSetup } from './setup-script/plan.ts';
import { renderRollback } from './setup-script/rollback.ts';
import { renderSetupScript } from './setup-script/script.ts';

const LONGEST_SHOWN = 60;
const MOST_SHOWN = 12;

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

/**
 * Throws for an app in a sovereign cloud whose Exchange environment mailprobe does not know. The script would otherwise
 * sign in to the global cloud.
 */
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
  const near = nearest(id, known);
  const hint =
    near === undefined
      ? ` Expected one of: ${known.slice(0, MOST_SHOWN).join(', ')}.`
      : ` Did you mean "${near}"?`;
  throw new UsageError(`no app has the id "${cleanText(id, LONGEST_SHOWN)}".${hint}`);
}
