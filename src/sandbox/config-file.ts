/**
 * Writes the configuration that watches a sandbox: authority file, credential files and `mailprobe.yaml`. So daemon,
 * demo and tests load a simulated tenant in the same way as a real one. Called by commands and tests.
 */
import { perProtocol } from '../model/protocol.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type DemoPlan, type PlannedApp, planOf } from './plan.ts';
import type { MailFrontName } from './fronts.ts';
import type { Sandbox } from './sandbox.ts';

/** The members of a sandbox that the configuration needs. The sandbox may run in another process. */
export type WatchedSandbox = Pick<Sandbox, 'ca' | 'authority' | 'graphEndpoint' | 'tenant' | MailFrontName>;

export interface ConfigFileOptions {
  /** The apps and mailboxes to watch. If absent, all mailboxes of the tenant. */
  readonly plan?: DemoPlan;
  /** Where the daemon listens, such as `127.0.0.1:10993`. */
  readonly listen?: string;
  /** Durations in the syntax of the file, such as `5s`. */
  readonly interval?: string;
  readonly timeout?: string;
  readonly credentialInterval?: string;
  readonly failureThreshold?: number;
  readonly tls?: 'implicit' | 'starttls';
}

const CA_FILE = 'sandbox-ca.pem';

/**
 * Writes the files and returns the path of the configuration file. The other files are next to it. Secrets and keys are
 * readable by their owner only.
 */
export async function configFor(
  sandbox: WatchedSandbox,
  directory: string,
  options: ConfigFileOptions = {},
): Promise<string> {
  const plan = options.plan ?? planOf(sandbox.tenant);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, CA_FILE), sandbox.ca);
  const apps = await Promise.all(plan.apps.map(async (app) => await appEntry(sandbox, directory, app)));
  const tls = options.tls ?? 'implicit';
  const configuration = {
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    defaults: {
      interval: options.interval ?? '5s',
      timeout: options.timeout ?? '3s',
      credential_interval: options.credentialInterval ?? '1m',
      failure_threshold: options.failureThreshold ?? 2,
    },
    authority: sandbox.authority,
    graph_endpoint: sandbox.graphEndpoint,
    ...perProtocol((protocol) => ({
      ...(tls === 'implicit' ? sandbox[protocol] : sandbox[`${protocol}StartTls`]),
      tls,
    })),
    tls: { ca_file: CA_FILE },
    apps,
    mailboxes: plan.watch,
  };
  const file = join(directory, 'mailprobe.yaml');
  const head = '# SIMULATED: this configuration watches a sandbox of mailprobe, no Microsoft 365 tenant.\n';
  // Plans share arrays and labels. The file repeats them instead of using YAML aliases.
  await writeFile(file, head + stringify(configuration, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return file;
}

async function appEntry(sandbox: WatchedSandbox, directory: string, app: PlannedApp): Promise<unknown> {
  return {
    id: app.id,
    tenant: sandbox.tenant.id,
    client_id: app.appId,
    credential: {
      ...(await credentialEntry(directory, app)),
      ...(app.expiresAt === undefined ? {} : { expires_at: app.expiresAt }),
    },
    ...(app.graph === true ? { graph: true } : {}),
    ...(app.owner === undefined ? {} : { owner: app.owner }),
  };
}

async function credentialEntry(directory: string, app: PlannedApp): Promise<Record<string, string>> {
  const write = async (ending: string, text: string): Promise<string> => {
    const name = `${app.id}.${ending}`;
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return name;
  };
  const { credential } = app;
  if (credential.kind === 'secret') {
    return { secret_file: await write('secret', `${credential.value}\n`) };
  }
  if (credential.kind === 'federated-token') {
    return { federated_token_file: await write('token', credential.token) };
  }
  return {
    certificate_file: await write('crt', credential.certificate),
    private_key_file: await write('key', credential.privateKey),
  };
}
