/** Creates fleets and their failures, for the benches that measure the work after a probe. */
import type { Evidence } from '../../src/model/evidence.ts';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import type { Target } from '../../src/model/target.ts';
import { anApp, anEvidence, aTarget, type EvidenceOptions } from '../../test/support/builders.ts';

const CLAIMS = {
  audience: 'https://outlook.office365.com',
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
  objectId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
};

export const OUTAGES: Readonly<Record<string, NonNullable<EvidenceOptions['failed']>>> = {
  'refused login': { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } },
  'expired secret': {
    token: {
      kind: 'rejected',
      code: 'AADSTS7000222',
      status: '401',
      text: "AADSTS7000222: The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired.",
    },
  },
  'blocked port': { connect: { kind: 'timeout', code: 'ETIMEDOUT', text: 'The time limit ended.' } },
};

/** Returns a target for each mailbox and protocol. The mailboxes are distributed over the apps. */
export function targetsOf(mailboxes: number, apps: number): readonly Target[] {
  const all = Array.from({ length: apps }, (_, at) => anApp({ id: `app-${at}` }));
  return Array.from({ length: mailboxes }, (_, at) =>
    PROTOCOL_IDS.map((protocol) =>
      aTarget({ mailbox: `mailbox-${at}`, app: all[at % apps] ?? anApp(), protocol }),
    ),
  ).flat();
}

/** Returns evidence like that of a real probe, in which every object and every text from the server is new. */
export function freshEvidence(options: EvidenceOptions): Evidence {
  return structuredClone(anEvidence({ facts: { claims: CLAIMS }, ...options }));
}
