/**
 * Finds out how far the set-up guide has been followed for each app. The results of the probes mark each of its five
 * steps as done, missing or open. A step is open if its result depends on an earlier step that is not done. Pure.
 * Rendered by `check-list.ts`.
 */
import { endDateInUse } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { stageOf } from '../model/evidence.ts';
import { factsOf, PROTOCOL_IDS, roleFor } from '../model/protocol.ts';
import { endpointName, type App } from '../model/target.ts';
import type { DiagnosedProbe } from './probe-once.ts';
import {
  faultOf,
  isDelay,
  missing,
  open,
  reached,
  alternativesOf,
  sentence,
  waitingFor,
  type Earlier,
  type StepNumber,
  type Tick,
} from './tick.ts';

export interface GuideStep {
  readonly step: StepNumber;
  readonly name: string;
  readonly ticks: readonly Tick[];
}

export interface AppSteps {
  readonly app: App;
  readonly steps: readonly GuideStep[];
}

const CREDENTIAL_NAMES: Readonly<Record<App['credential']['kind'], string>> = {
  secret: 'client secret',
  certificate: 'certificate',
  'federated-token': 'federated token',
};

/** Returns one entry per app. The entry of an app without mailboxes holds one open tick. */
export function guideSteps(apps: readonly App[], probes: readonly DiagnosedProbe[]): readonly AppSteps[] {
  const byApp = Map.groupBy(probes, ({ target }) => target.app.id);
  return apps.map((app) => {
    const own = byApp.get(app.id);
    return own === undefined ? withoutMailboxes(app) : stepsOf(app, own);
  });
}

function withoutMailboxes(app: App): AppSteps {
  const tick: Tick = {
    mark: 'open',
    text: 'a mailbox to probe',
    note: 'no mailbox of the configuration uses this app',
  };
  return { app, steps: [{ step: 5, name: 'Give the strings to the program', ticks: [tick] }] };
}

function stepsOf(app: App, probes: readonly DiagnosedProbe[]): AppSteps {
  const known = applicationTick(probes);
  const accepted = waitingFor([['step 1 is done', known]], credentialTick(app, probes));
  const token: Earlier = [
    ['step 1 is done', known],
    ['step 2 is done', accepted],
  ];
  const roles = rolesTicks(probes).map((tick) => waitingFor(token, tick));
  const login = (...granted: readonly Tick[]): Earlier => [
    ...token,
    ...granted.map((tick) => ['step 3 is done', tick] as const),
  ];
  const registered = waitingFor(login(...roles), registrationTick(probes));
  const mailboxes = probes.map((probe) => {
    const own = roles.filter(({ text }) => text === roleFor(probe.target.protocol));
    return waitingFor([...login(...own), ['Exchange has the application', registered]], mailboxTick(probe));
  });
  return {
    app,
    steps: [
      { step: 1, name: 'Register the application', ticks: [known] },
      { step: 2, name: 'Set up its credential', ticks: [accepted] },
      {
        step: 3,
        name: 'Add the permissions and grant admin consent',
        ticks: [...roles, ...userReadTicks(probes)],
      },
      { step: 4, name: 'Give it access in Exchange', ticks: [registered, ...mailboxes] },
      { step: 5, name: 'Give the strings to the program', ticks: settingsTicks(probes) },
    ],
  };
}

function applicationTick(probes: readonly DiagnosedProbe[]): Tick {
  const text = 'Entra knows the tenant and the client id';
  const fault = faultOf(probes, 1);
  if (fault !== undefined) return missing(text, fault);
  // Entra looks up the application before it checks the secret. So if it refuses the secret, it knows the application.
  const refused = probes.some(
    (probe) =>
      faultOf([probe], 2) !== undefined && stageOf(probe.evidence, 'token')?.failure?.kind === 'rejected',
  );
  return refused || reached(probes, 'token') ? { mark: 'done', text } : open(text, probes);
}

function credentialTick(app: App, probes: readonly DiagnosedProbe[]): Tick {
  const text = `its ${CREDENTIAL_NAMES[app.credential.kind]} is accepted`;
  // A secret near its end is still accepted, however urgent its renewal is.
  const fault = faultOf(probes, 2, ({ cause }) => cause !== 'secret-expiring');
  if (fault !== undefined) return missing(text, fault);
  if (!reached(probes, 'token')) return open(text, probes);
  const note = endNote(app, probes);
  return { mark: 'done', text, ...(note === undefined ? {} : { note }) };
}

function endNote(app: App, probes: readonly DiagnosedProbe[]): string | undefined {
  const warning = probes
    .flatMap(({ diagnoses }) => diagnoses)
    .find(({ cause }) => cause === 'secret-expiring');
  if (warning !== undefined) return sentence(warning.title);
  const [end] = probes.flatMap(({ credential, evidence }) => {
    const found = credential && endDateInUse(credential, evidence.startedAt);
    return found?.sure === true ? [found.end.expiresAt] : [];
  });
  const expiresAt = end ?? app.credential.expiresAt;
  return expiresAt === undefined ? undefined : `ends on ${new Date(expiresAt).toISOString().slice(0, 10)}`;
}

function rolesTicks(probes: readonly DiagnosedProbe[]): readonly Tick[] {
  return PROTOCOL_IDS.flatMap((protocol) => {
    const own = probes.filter(({ target }) => target.protocol === protocol);
    if (own.length === 0) return [];
    const text = roleFor(protocol);
    // The roles of the token come first, because a verdict about one permission also appears at the probes of the other
    // protocol.
    if (own.some((probe) => probe.success || rolesOf(probe).includes(text))) return [{ mark: 'done', text }];
    const fault = faultOf(own, 3);
    return [fault === undefined ? open(text, own) : missing(text, fault)];
  });
}

/**
 * Returns a tick for the optional removal of the permission User.Read, which an app without users does not need. Empty
 * if the app is not allowed to read the directory.
 */
function userReadTicks(probes: readonly DiagnosedProbe[]): readonly Tick[] {
  const [scopes] = probes.flatMap(({ credential }) =>
    credential?.registration === undefined ? [] : [credential.registration.requestedScopes],
  );
  if (scopes === undefined) return [];
  return scopes.includes('User.Read')
    ? [{ mark: 'open', text: 'User.Read removed', note: 'it is still requested; optional' }]
    : [{ mark: 'done', text: 'User.Read removed', note: 'optional' }];
}

function registrationTick(probes: readonly DiagnosedProbe[]): Tick {
  const text = 'Exchange has the application (New-ServicePrincipal)';
  const fault = faultOf(probes, 4, ({ scope }) => scope !== 'mailbox');
  if (fault !== undefined) return missing(text, fault, alternativesOf(probes, fault));
  return reached(probes, 'auth') ? { mark: 'done', text } : open(text, probes);
}

function mailboxTick(probe: DiagnosedProbe): Tick {
  const { mailbox, protocol } = probe.target;
  const text = `${mailbox.id} opens over ${factsOf(protocol).name}`;
  if (probe.success) return { mark: 'done', text };
  const fault = faultOf([probe], 4, ({ scope }) => scope === 'mailbox');
  return fault === undefined
    ? open(text, [probe])
    : missing(text, fault, alternativesOf([probe], fault).filter(isDelay));
}

/**
 * Returns the ticks of step 5 of the set-up guide. A greeting confirms host and port. Tenant, client id, credential and
 * address are confirmed when every mailbox opens.
 */
function settingsTicks(probes: readonly DiagnosedProbe[]): readonly Tick[] {
  const hosts = Map.groupBy(
    probes,
    ({ target }) => `${factsOf(target.protocol).name} answers at ${endpointName(target.endpoint)}`,
  );
  const hostTicks = [...hosts].map(([text, own]): Tick => {
    // Even a server that greets may be the wrong one.
    const fault = faultOf(own, 5, ({ scope }) => scope === 'endpoint');
    if (fault !== undefined) return missing(text, fault);
    return reached(own, 'greeting') ? { mark: 'done', text } : open(text, own);
  });
  const text = 'tenant, client id, credential and address belong together';
  // An expired access token shows nothing about tenant, client id, credential and address.
  const isOfStrings = ({ scope, cause }: Diagnosis): boolean =>
    scope !== 'endpoint' && cause !== 'access-token-expired';
  const faults = probes.flatMap((probe) => faultOf([probe], 5, isOfStrings) ?? []);
  const distinct = [...new Map(faults.map((fault) => [fault.title, fault])).values()];
  if (distinct.length > 0) return [...hostTicks, ...distinct.map((fault) => missing(text, fault))];
  // The address of one mailbox says nothing about the addresses of others.
  const works = probes.every(({ success }) => success);
  return [
    ...hostTicks,
    works ? { mark: 'done', text } : { mark: 'open', text, note: 'known when every mailbox opens' },
  ];
}

function rolesOf({ evidence }: DiagnosedProbe): readonly string[] {
  return stageOf(evidence, 'claims')?.facts.roles ?? [];
}
