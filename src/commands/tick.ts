/**
 * Derives one tick of the checklist from probes: the verdict that prevents it, the stage that was reached, or the step
 * for which it waits. Pure. Used by `guide-steps.ts`.
 */
import type { Cause } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { stageOf, type StageName } from '../model/evidence.ts';
import type { DiagnosedProbe } from './probe-once.ts';

/** `open` means that it is not known yet whether the step is done. */
export type Mark = 'done' | 'missing' | 'open';

export interface Tick {
  readonly mark: Mark;
  readonly text: string;
  /** Why the tick is missing or open, or the date on which the credential ends. */
  readonly note?: string;
  /** True if the set-up script can do what is missing. */
  readonly byScript?: boolean;
}

/** Causes that no script can fix: a missing license, address, or Exchange Online in the tenant. */
const BEYOND_THE_SCRIPT: ReadonlySet<Cause> = new Set<Cause>([
  'mailbox-not-found-or-unlicensed',
  'username-mailbox-mismatch',
  'resource-not-found',
]);

export type StepNumber = 1 | 2 | 3 | 4 | 5;

/** The earlier ticks on which a tick depends. The condition of each completes the note "not known until ...". */
export type Earlier = readonly (readonly [condition: string, tick: Tick])[];

/** Adds a note to an open tick about the earlier tick for which it waits. Returns any other tick unchanged. */
export function waitingFor(earlier: Earlier, tick: Tick): Tick {
  const [condition] = earlier.find(([, { mark }]) => mark !== 'done') ?? [];
  if (tick.mark !== 'open' || condition === undefined) return tick;
  return { ...tick, note: `not known until ${condition}` };
}

/**
 * Returns the first verdict which says that this step is missing or wrong. Warnings, advisories and alternatives do not
 * count.
 */
export function faultOf(
  probes: readonly DiagnosedProbe[],
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

/** Returns true if the cause is that a recent change is not effective yet. */
export function isDelay({ cause }: Diagnosis): boolean {
  return cause === 'propagation-delay';
}

/**
 * Returns a missing tick, with the verdict and its confidence. If an alternative is the delay of a recent change, the
 * delay is named first.
 */
export function missing(text: string, fault: Diagnosis, alternatives: readonly Diagnosis[] = []): Tick {
  const doubt = fault.confidence === 'certain' ? '' : ` (${fault.confidence})`;
  const delay = alternatives.some(isDelay)
    ? 'if this was done less than two hours ago, wait: Exchange may not act on it yet. Otherwise: '
    : '';
  const others = alternatives
    .filter((alternative) => !isDelay(alternative))
    .map(({ title }) => `, or: ${sentence(title)}`);
  const byScript = !BEYOND_THE_SCRIPT.has(fault.cause);
  return {
    mark: 'missing',
    text,
    byScript,
    note: `${delay}${sentence(fault.title)}${doubt}${others.join('')}`,
  };
}

/** Returns the other causes that fit the evidence of a verdict, each once. */
export function alternativesOf(probes: readonly DiagnosedProbe[], fault: Diagnosis): readonly Diagnosis[] {
  const alternatives = probes
    .flatMap(({ diagnoses }) => diagnoses)
    .filter(({ alternativeTo, scope }) => alternativeTo === fault.cause && scope === fault.scope);
  return [...new Map(alternatives.map((alternative) => [alternative.cause, alternative])).values()];
}

export function open(text: string, probes: readonly DiagnosedProbe[]): Tick {
  const title = probes.find(({ success }) => !success)?.diagnoses[0]?.title;
  return { mark: 'open', text, ...(title === undefined ? {} : { note: sentence(title) }) };
}

/** Returns a title without its full stop, to follow a colon. */
export function sentence(title: string): string {
  return title.replace(/\.$/, '');
}

export function reached(probes: readonly DiagnosedProbe[], stage: StageName): boolean {
  return probes.some(({ evidence }) => stageOf(evidence, stage)?.outcome === 'ok');
}
