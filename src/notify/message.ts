/**
 * One message as data, independent of the channel. `incident-message.ts` and `list-message.ts` create it. The
 * `render-*` files write it as text, HTML or a card. Pure.
 */
import type { FixStep, Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';

export interface Message {
  /** The same at every attempt. Sent as `webhook-id`, and as a part of the Message-ID. */
  readonly id: string;
  readonly event: OutboxMessage['message'] | 'missed';
  readonly at: number;
  readonly tone: 'problem' | 'resolved' | 'information';
  readonly severity: Severity;
  /** The first 80 characters must be enough to understand the message, because a lock screen shows no more. */
  readonly headline: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly link?: string;
  /** Says which messages follow and how to stop them. */
  readonly footer: string;
  /** The same for all messages about one incident, and for all digests of one owner. */
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

export interface Surroundings {
  readonly timezone: string;
  /** Without a trailing slash. */
  readonly externalUrl?: string;
  readonly simulated: boolean;
}

/** The first line in the body of a simulated message. */
export const SIMULATED = 'SIMULATED: nothing in this message is real.';

/** A longer headline is cut. The facts hold the whole title. */
const LONGEST_HEADLINE = 160;

/**
 * Cuts the headline if it is too long. The headline of a simulated message begins with `SIMULATED`, so that nobody acts
 * on it.
 */
export function headlineOf(text: string, { simulated }: Surroundings): string {
  const whole = simulated ? `SIMULATED: ${text}` : text;
  return whole.length <= LONGEST_HEADLINE ? whole : `${whole.slice(0, LONGEST_HEADLINE - 1)}…`;
}
