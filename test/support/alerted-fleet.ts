/**
 * What the tests of alerting on real servers share: a fleet in a sandbox whose secrets can expire, and a Prometheus that
 * evaluates the shipped rules. Only durations of the rules are changed: a minute of waiting is 400 ms, except of alerts
 * that a loaded machine alone makes pending.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DemoPlan } from '../../src/sandbox/plan.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant, daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import { isAlert, readRules } from '../alerts/rules.ts';
import { startPrometheus, type Prometheus } from './prometheus.ts';

/**
 * The alerts about mailprobe itself that a loaded machine alone makes pending: a scrape takes longer than a second, probes
 * are late. So they fire later, though before the end of a test in which nobody is scraped any more.
 */
export const SLOWNESS_ALERTS: ReadonlySet<string> = new Set([
  'MailprobeAbsent',
  'MailprobeReplicaDown',
  'MailprobeProbesNotHappening',
  'MailprobeOverloaded',
]);
const SLOWNESS_SECONDS = 30;

export interface AlertedApp {
  readonly id: string;
  readonly owner?: string;
  /** The ids of its mailboxes, which are also their addresses before the `@`. */
  readonly mailboxes: readonly string[];
}

export interface AlertedFleet {
  readonly sandbox: Sandbox;
  readonly plan: DemoPlan;
  /** Lets the secrets of these apps, or of all, end on that date. */
  readonly expireOn: (date: string, apps?: ReadonlySet<string>) => void;
}

export function addressOf(mailbox: string): string {
  return `${mailbox}@contoso.example`;
}

export async function createAlertedFleet(apps: readonly AlertedApp[]): Promise<AlertedFleet> {
  const tenant = createTenant();
  // So that apps need their secrets again soon. The servers accept such a token for longer, because a login may take
  // seconds on a loaded machine.
  tenant.tokenLifetimeSeconds = 3;
  tenant.tokenLeewaySeconds = 300;
  const plan: DemoPlan = {
    apps: apps.map(({ id, owner, mailboxes }) => {
      const { application, secret } = addApplication(tenant, { displayName: id });
      for (const mailbox of mailboxes) addMailbox(tenant, addressOf(mailbox), [application.appId]);
      return {
        id,
        appId: application.appId,
        credential: { kind: 'secret', value: secret.value },
        expiresAt: daysFromNow(150),
        ...(owner !== undefined && { owner }),
      };
    }),
    watch: apps.flatMap(({ id, mailboxes }) =>
      mailboxes.map((mailbox) => ({ id: mailbox, address: addressOf(mailbox), app: id })),
    ),
  };
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  return {
    sandbox,
    plan,
    expireOn: (date, only) =>
      sandbox.change(({ applications }) => {
        const hit = applications.filter(({ displayName }) => only?.has(displayName) ?? true);
        for (const { secrets } of hit) for (const secret of secrets) secret.endDateTime = date;
      }),
  };
}

/** `targets` and `alertmanager` are hosts with their ports. */
export async function startAlertingPrometheus(
  targets: readonly string[],
  alertmanager?: string,
): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-rules-'));
  const rules = join(directory, 'alerts.yaml');
  await writeFile(rules, await hastyRules());
  const prometheus = await startPrometheus({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    ...(alertmanager !== undefined && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    }),
    scrape_configs: [{ job_name: 'mailprobe', static_configs: [{ targets }] }],
  });
  return {
    ...prometheus,
    close: async () => {
      await prometheus.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The shipped rules, and in each group one more that counts the evaluations. */
async function hastyRules(): Promise<string> {
  const { groups } = await readRules();
  const minutes = (duration: string): number => Number(/^(\d+)m$/.exec(duration)?.[1]);
  return stringify({
    groups: groups.map(({ name, rules }) => ({
      name,
      interval: '1s',
      rules: [
        ...rules.map((rule) => ({
          ...rule,
          // Longer than a lease and its takeover on a busy machine, as the shipped three minutes are.
          expr: rule.expr.replaceAll('[3m]', '[30s]'),
          ...(isAlert(rule) && {
            for: `${SLOWNESS_ALERTS.has(rule.alert) ? SLOWNESS_SECONDS : Math.ceil(minutes(rule.for) * 0.4)}s`,
          }),
        })),
        { record: 'evaluations', expr: 'vector(1)' },
      ],
    })),
  });
}
