/**
 * One message as every channel gets it: data, before any format. Pure. `incident-message.ts` and `list-message.ts` make
 * it, the `render-*` files write it as text, HTML and card.
 */
import type { FixStep, Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';

export interface Message {
  /** `webhook-id` and Message-ID: the same at every attempt. */
  readonly id: string;
  readonly event: OutboxMessage['message'] | 'missed';
  readonly at: number;
  /** `problem` wants somebody to act, `resolved` is good news. */
  readonly tone: 'problem' | 'resolved' | 'information';
  readonly severity: Severity;
  /** The first 80 characters say it all: a lock screen shows no more. */
  readonly headline: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly link?: string;
  /** How to silence it. */
  readonly footer: string;
  /** The same for all messages of one incident. */
  readonly thread: string;
  readonly simulated: boolean;
  readonly incident?: Incident;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Section {
  readonly heading: string;
  readonly steps: readonly FixStep[];
}

/** What the makers of messages know besides the incident. */
export interface Surroundings {
  readonly timezone: string;
  /** Without a trailing slash. */
  readonly externalUrl?: string;
  readonly simulated: boolean;
}

/** First in the body of a message, too, whose headline is its subject. */
export const SIMULATED = 'SIMULATED: nothing of this is real.';

/** Longer headlines are cut; the whole title is among the facts. */
const LONGEST_HEADLINE = 160;

/** Simulated first, so that nobody is woken by it. */
export function headlineOf(text: string, { simulated }: Surroundings): string {
  const whole = simulated ? `SIMULATED: ${text}` : text;
  return whole.length <= LONGEST_HEADLINE ? whole : `${whole.slice(0, LONGEST_HEADLINE - 1)}…`;
}
