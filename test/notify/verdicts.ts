/** Verdicts for the messages, as `diagnosis/` gives them: what is tested is what an administrator reads. */
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { diagnoseCredential } from '../../src/diagnosis/diagnose-credential.ts';
import type { Context } from '../../src/model/context.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import {
  contextOf,
  evidenceOf,
  NOT_CONNECTED,
  otherFails,
  REFUSED,
  WORKED_BEFORE,
  WORKING,
} from '../cases/probe-case.ts';
import { anApp, type EvidenceOptions } from '../support/builders.ts';

/** It worked an hour ago, and its siblings still do. */
const LOST: Partial<Context> = {
  siblings: { imap: WORKING, pop3: WORKING },
  history: WORKED_BEFORE,
};

function verdictOf(mailbox: string, probe: EvidenceOptions, context: Partial<Context>): Diagnosis {
  const target = { mailbox };
  const [first] = diagnose(evidenceOf({ target, probe }), contextOf({ target, context }));
  if (first === undefined) throw new Error('this probe deserves a verdict');
  return first;
}

export const SECRET_EXPIRED: Diagnosis = verdictOf(
  'mailbox-000',
  {
    failed: {
      token: {
        kind: 'rejected',
        code: 'AADSTS7000222',
        text: 'AADSTS7000222: The provided client secret keys are expired.',
      },
    },
  },
  {},
);

/** Refused over both protocols, while its siblings open. */
export function permissionLost(mailbox: string): Diagnosis {
  return verdictOf(mailbox, REFUSED, { ...LOST, ...otherFails('pop3') });
}

/** The login is taken now and then. */
export function comesAndGoes(mailbox: string): Diagnosis {
  const history = { ...WORKED_BEFORE, consecutiveFailures: 2, passedAlike: 2, intermittent: true } as const;
  return verdictOf(mailbox, NOT_CONNECTED, { ...LOST, history });
}

/** The end date of the secret of crm, as it is seen at that time. */
export function secretEnds(expiresAt: number, now: number): Diagnosis {
  const [first] = diagnoseCredential(
    {
      app: 'crm',
      kind: 'secret',
      endDates: [{ source: 'configuration', expiresAt, credential: 'configured' }],
      registered: [],
      match: 'unknown',
      valid: true,
    },
    { app: anApp({ id: 'crm' }), now, mailboxes: ['crm-inbox'] },
  );
  if (first === undefined) throw new Error('this date deserves a warning');
  return first;
}
