/**
 * One message as data, before any format, the same for every channel. Pure. `incident-message.ts` and `list-message.ts`
 * create it; the `render-*` files write it as text, HTML or a card.
 */
import type { FixStep, Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';

export interface Message {
  /** `webhook-id` and Message-ID: the same at every attempt. */
  readonly id: string;
  readonly event: OutboxMessage['message'] | 'missed';
  readonly at: number;
  /** `problem` asks for action; `resolved` is good news. */
  readonly tone: 'problem' | 'resolved' | 'information';
  readonly severity: Severity;
  /** The first 80 characters must be enough to understand it, because a lock screen shows no more. */
  readonly headline: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly link?: string;
  /** How to silence the incident. */
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

/** What the message needs besides the incident. */
export interface Surroundings {
  readonly timezone: string;
  /** Without a trailing slash. */
  readonly externalUrl?: string;
  readonly simulated: boolean;
}

/** Also comes first in the body of a message, if the headline is the subject. */
export const SIMULATED = 'SIMULATED: nothing in this message is real.';

/** A longer headline is cut. The facts hold the whole title. */
const LONGEST_HEADLINE = 160;

/** Starts with the notice that it is simulated, so that nobody acts on it. */
export function headlineOf(text: string, { simulated }: Surroundings): string {
  const whole = simulated ? `SIMULATED: ${text}` : text;
  return whole.length <= LONGEST_HEADLINE ? whole : `${whole.slice(0, LONGEST_HEADLINE - 1)}…`;
}
