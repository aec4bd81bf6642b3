/**
 * Nouns for tests, whole and healthy unless the test says otherwise: `aTarget({ mailbox: 'qms' })`,
 * `anEvidence({ failed: { auth: { kind: 'rejected', text: 'AUTHENTICATE failed.' } } })`.
 */
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import {
  isSuccess,
  MAIL_LEG,
  TOKEN_LEG,
  type Evidence,
  type Outcome,
  type Stage,
  type StageFacts,
  type StageName,
  type StageOf,
} from '../../src/model/evidence.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { ProbeResult } from '../../src/model/status.ts';
import type { App, Mailbox, Target } from '../../src/model/target.ts';

/** 2026-11-22T12:00:00Z. */
export const NOON = 1_795_348_800_000;

export function anApp(overrides: Partial<App> = {}): App {
  return {
    id: 'plm',
    provider: 'entra',
    tenant: '11111111-2222-3333-4444-555555555555',
    clientId: '66666666-7777-8888-9999-000000000000',
    credential: { kind: 'secret', source: { from: 'env', name: 'PLM_SECRET' } },
    cloud: 'global',
    authority: 'https://login.microsoftonline.com',
    graphEndpoint: 'https://graph.microsoft.com',
    scope: 'https://outlook.office365.com/.default',
    graphScope: 'https://graph.microsoft.com/.default',
    graph: false,
    network: {},
    timeoutMs: 30_000,
    credentialIntervalMs: 3_600_000,
    expiryThresholdDays: [30, 14, 7],
    ...overrides,
  };
}

/** `mailbox` is its id; `address` and `labels` are the mailbox's too. */
export type TargetOptions = Partial<Omit<Target, 'mailbox'>> & {
  readonly mailbox?: string;
  readonly address?: string;
  readonly labels?: Mailbox['labels'];
};

/** IMAP at outlook.office365.com every five minutes, thresholds 2 and 1. */
export function aTarget(options: TargetOptions = {}): Target {
  const { mailbox: id = 'qms-inbox', address = `${id}@contoso.example`, labels = {}, ...rest } = options;
  const app = rest.app ?? anApp();
  const protocol = rest.protocol ?? 'imap';
  return {
    mailbox: { id, address, app: app.id, labels, protocols: ['imap', 'pop3'] },
    protocol,
    app,
    endpoint: { host: 'outlook.office365.com', port: protocol === 'imap' ? 993 : 995, tls: 'implicit' },
    network: app.network,
    intervalMs: 300_000,
    timeoutMs: 30_000,
    failureThreshold: 2,
    successThreshold: 1,
    ...rest,
  };
}

export interface EvidenceOptions {
  readonly target?: Target;
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly standstillMs?: number;
  /** The stages that failed, at most one of each leg; what follows them is skipped. None: a healthy probe. */
  readonly failed?: Partial<Readonly<Record<StageName, Partial<Failure>>>>;
  /** Replaces the default facts of the stages named. */
  readonly facts?: Partial<StageFacts>;
}

export function anEvidence(options: EvidenceOptions = {}): Evidence {
  const target = options.target ?? aTarget();
  return {
    mailbox: target.mailbox.id,
    protocol: target.protocol,
    app: target.app.id,
    startedAt: options.startedAt ?? NOON,
    seconds: options.seconds ?? 0.5,
    stages: stagesOf(options.failed ?? {}, { ...factsOf(target), ...options.facts }),
    standstillMs: options.standstillMs ?? 0,
  };
}

/** A probe as it is recorded; a success when nothing of it failed before the mailbox was open. */
export function aProbe(
  options: EvidenceOptions & { readonly diagnoses?: readonly Diagnosis[] } = {},
): ProbeResult {
  const evidence = anEvidence(options);
  return { evidence, success: isSuccess(evidence), diagnoses: options.diagnoses ?? [] };
}

export function aDiagnosis(overrides: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: 'secret-expired',
    confidence: 'certain',
    scope: 'app',
    subject: 'plm',
    owner: 'entra-admin',
    severity: 'critical',
    title: 'The client secret of app plm has expired',
    evidence: ['AADSTS7000222: The provided client secret keys are expired.'],
    fix: [{ text: 'Add a new secret' }],
    lookAlikes: [],
    references: ['https://example.com/'],
    ...overrides,
  };
}

function stagesOf(failed: NonNullable<EvidenceOptions['failed']>, facts: StageFacts): readonly Stage[] {
  const stage = <S extends StageName>(name: S): StageOf<S> => {
    const outcome = outcomeOf(name, failed);
    const seen = { stage: name, outcome, seconds: outcome === 'skipped' ? 0 : 0.05, facts: facts[name] };
    if (outcome === 'ok') return seen;
    const failure = failed[name];
    if (failure === undefined) return { ...seen, facts: {} };
    return { ...seen, failure: { kind: 'rejected', text: `${name} failed`, ...failure } };
  };
  return [
    stage('token'),
    stage('claims'),
    stage('dns'),
    stage('connect'),
    stage('tls'),
    stage('greeting'),
    stage('auth'),
    stage('open'),
    stage('logout'),
  ];
}

function outcomeOf(name: StageName, failed: NonNullable<EvidenceOptions['failed']>): Outcome {
  if (failed[name] !== undefined) return 'failed';
  const isTokenLeg = TOKEN_LEG.some((stage) => stage === name);
  const leg: readonly StageName[] = isTokenLeg ? TOKEN_LEG : MAIL_LEG;
  const before = leg.slice(0, leg.indexOf(name));
  const needsToken = !isTokenLeg && MAIL_LEG.slice(MAIL_LEG.indexOf('auth')).some((stage) => stage === name);
  const needed: readonly StageName[] = needsToken ? [...TOKEN_LEG, ...before] : before;
  return needed.some((stage) => failed[stage] !== undefined) ? 'skipped' : 'ok';
}

function factsOf(target: Target): StageFacts {
  return {
    token: { source: 'fetched', endpoint: target.app.authority },
    claims: { roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'] },
    dns: { host: target.endpoint.host, addresses: ['192.0.2.10'] },
    connect: { address: '192.0.2.10', port: target.endpoint.port },
    tls: { mode: target.endpoint.tls, protocol: 'TLSv1.3' },
    greeting: { text: 'ready', exchange: true },
    auth: { mechanism: 'XOAUTH2' },
    open: { command: target.protocol === 'imap' ? 'EXAMINE' : 'STAT', messages: 3 },
    logout: {},
  };
}
