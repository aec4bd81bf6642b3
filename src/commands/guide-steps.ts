/**
 * How far the set-up guide has been followed for each app: its five steps, each ticked, crossed or left open by what
 * the looks showed. Pure; rendered by `check-list.ts`. Whatever an earlier step hides is open, never guessed.
 */
import { endDateInUse, type CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { stageOf, type StageName } from '../model/evidence.ts';
import { factsOf, PROTOCOL_IDS, roleFor } from '../model/protocol.ts';
import { endpointName, type App } from '../model/target.ts';
import type { JudgedProbe } from './probe-once.ts';

export type ChecklistProbe = JudgedProbe & { readonly credential?: CredentialStatus };

/** `open`: cannot be told yet. */
export type Mark = 'done' | 'missing' | 'open';

export interface Tick {
  readonly mark: Mark;
  readonly text: string;
  /** The verdict, a date, or what it waits for. */
  readonly note?: string;
}

export type StepNumber = 1 | 2 | 3 | 4 | 5;

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

/** One entry per app, in the order in which the looks name them. */
export function guideSteps(probes: readonly ChecklistProbe[]): readonly AppSteps[] {
  return [...Map.groupBy(probes, ({ target }) => target.app.id).values()].flatMap((own) =>
    own[0] === undefined ? [] : [stepsOf(own[0].target.app, own)],
  );
}

function stepsOf(app: App, probes: readonly ChecklistProbe[]): AppSteps {
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
      { step: 3, name: 'Add the permissions and grant admin consent', ticks: roles },
      { step: 4, name: 'Give it access in Exchange', ticks: [registered, ...mailboxes] },
      { step: 5, name: 'Give the strings to the program', ticks: settingsTicks(probes) },
    ],
  };
}

function applicationTick(probes: readonly ChecklistProbe[]): Tick {
  const text = 'Entra knows the tenant and the client id';
  const fault = faultOf(probes, 1);
  if (fault !== undefined) return missing(text, fault);
  // Entra looks for the application before it looks at its secret: a refused one has been found.
  const refused = probes.some(
    (probe) =>
      faultOf([probe], 2) !== undefined && stageOf(probe.evidence, 'token')?.failure?.kind === 'rejected',
  );
  return refused || reached(probes, 'token') ? { mark: 'done', text } : open(text, probes);
}

function credentialTick(app: App, probes: readonly ChecklistProbe[]): Tick {
  const text = `its ${CREDENTIAL_NAMES[app.credential.kind]} is accepted`;
  // Near its end it still is accepted, however urgent a new one has become.
  const fault = faultOf(probes, 2, ({ cause }) => cause !== 'secret-expiring');
  if (fault !== undefined) return missing(text, fault);
  if (!reached(probes, 'token')) return open(text, probes);
  const note = endNote(app, probes);
  return { mark: 'done', text, ...(note === undefined ? {} : { note }) };
}

function endNote(app: App, probes: readonly ChecklistProbe[]): string | undefined {
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

function rolesTicks(probes: readonly ChecklistProbe[]): readonly Tick[] {
  return PROTOCOL_IDS.flatMap((protocol) => {
    const own = probes.filter(({ target }) => target.protocol === protocol);
    if (own.length === 0) return [];
    const text = roleFor(protocol);
    const fault = faultOf(own, 3);
    if (fault !== undefined) return [missing(text, fault)];
    const granted = own.some((probe) => probe.success || rolesOf(probe).includes(text));
    return [granted ? { mark: 'done', text } : open(text, own)];
  });
}

function registrationTick(probes: readonly ChecklistProbe[]): Tick {
  const text = 'Exchange has the application (New-ServicePrincipal)';
  const fault = faultOf(probes, 4, ({ scope }) => scope !== 'mailbox');
  if (fault !== undefined) return missing(text, fault);
  return reached(probes, 'auth') ? { mark: 'done', text } : open(text, probes);
}

function mailboxTick(probe: ChecklistProbe): Tick {
  const { mailbox, protocol } = probe.target;
  const text = `${mailbox.id} opens over ${factsOf(protocol).name}`;
  if (probe.success) return { mark: 'done', text };
  const fault = faultOf([probe], 4, ({ scope }) => scope === 'mailbox');
  return fault === undefined ? open(text, [probe]) : missing(text, fault);
}

/** The names of hosts and ports show as soon as a server greets; the strings, when a mailbox opens with them. */
function settingsTicks(probes: readonly ChecklistProbe[]): readonly Tick[] {
  const hosts = Map.groupBy(
    probes,
    ({ target }) => `${factsOf(target.protocol).name} answers at ${endpointName(target.endpoint)}`,
  );
  const hostTicks = [...hosts].map(([text, own]): Tick => {
    if (reached(own, 'greeting')) return { mark: 'done', text };
    const fault = faultOf(own, 5, ({ scope }) => scope === 'endpoint');
    return fault === undefined ? open(text, own) : missing(text, fault);
  });
  const text = 'tenant, client id, credential and address belong together';
  const faults = probes.flatMap((probe) => faultOf([probe], 5, ({ scope }) => scope !== 'endpoint') ?? []);
  const distinct = [...new Map(faults.map((fault) => [fault.title, fault])).values()];
  if (distinct.length > 0) return [...hostTicks, ...distinct.map((fault) => missing(text, fault))];
  const works = probes.some(({ success }) => success);
  return [
    ...hostTicks,
    works ? { mark: 'done', text } : { mark: 'open', text, note: 'shows when a mailbox opens' },
  ];
}

type Earlier = readonly (readonly [condition: string, tick: Tick])[];

/** What is open because an earlier step is not done says so. */
function waitingFor(earlier: Earlier, tick: Tick): Tick {
  const [condition] = earlier.find(([, { mark }]) => mark !== 'done') ?? [];
  if (tick.mark !== 'open' || condition === undefined) return tick;
  return { ...tick, note: `cannot be told before ${condition}` };
}

/** The verdict that a step is missing or wrong. Warnings and hints do not undo a step. */
function faultOf(
  probes: readonly ChecklistProbe[],
  step: StepNumber,
  fits: (diagnosis: Diagnosis) => boolean = () => true,
): Diagnosis | undefined {
  return probes
    .flatMap(({ diagnoses }) => diagnoses)
    .find(
      (diagnosis) =>
        diagnosis.guideStep === step &&
        diagnosis.severity === 'critical' &&
        diagnosis.alternativeTo === undefined &&
        fits(diagnosis),
    );
}

function missing(text: string, fault: Diagnosis): Tick {
  const doubt = fault.confidence === 'certain' ? '' : ` (${fault.confidence})`;
  return { mark: 'missing', text, note: `${sentence(fault.title)}${doubt}` };
}

function open(text: string, probes: readonly ChecklistProbe[]): Tick {
  const title = probes.find(({ success }) => !success)?.diagnoses[0]?.title;
  return { mark: 'open', text, ...(title === undefined ? {} : { note: sentence(title) }) };
}

/** A title without its full stop: it stands behind a colon. */
function sentence(title: string): string {
  return title.replace(/\.$/, '');
}

function reached(probes: readonly ChecklistProbe[], stage: StageName): boolean {
  return probes.some(({ evidence }) => stageOf(evidence, stage)?.outcome === 'ok');
}

function rolesOf({ evidence }: ChecklistProbe): readonly string[] {
  return stageOf(evidence, 'claims')?.facts.roles ?? [];
}
