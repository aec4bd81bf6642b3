/** What channels are handed in tests: real sockets and TLS, secrets as data. */
import { createChannelEdges } from '../../src/channel-edges.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import type { NetworkOptions } from '../../src/model/target.ts';
import type { ChannelEdges } from '../../src/notify/channel.ts';
import { incidentMessage } from '../../src/notify/incident-message.ts';
import type { Message } from '../../src/notify/message.ts';
import { aDiagnosis, NOON } from '../support/builders.ts';
import { files } from '../support/files.ts';
import { aClock } from './clock.ts';
import { anIncident } from './world.ts';

/** In every place where a secret can come from, and in the text of a server. */
export const CANARY = 'kanary-5f3c9A7e-secret-value';

export function someEdges(
  network: NetworkOptions = {},
  secrets: Readonly<Record<string, string>> = {},
): ChannelEdges {
  const redactor = createRedactor();
  redactor.add(CANARY);
  return {
    ...createChannelEdges({
      redactor,
      network: () => network,
      env: {},
      files,
      apps: () => [],
      tokens: {
        acquire: async () => {
          throw new Error('no tokens here');
        },
      },
    }),
    readSecret: async (source) => {
      const value = secrets[source.from === 'env' ? source.name : source.path];
      if (value === undefined) throw new Error('it is not set');
      return new Secret(value);
    },
    acquireToken: async () => new Secret(secrets['token'] ?? CANARY),
  };
}

/** An incident whose texts hold the canary, as if a server had echoed it, and whatever breaks a format. */
export function aMessage(overrides: Partial<Message> = {}): Message {
  const incident = anIncident(aClock(), {
    title: `The client secret of app plm has expired`,
    confidence: 'likely',
    affectedMailboxes: [
      { id: 'qms-inbox', since: NOON },
      { id: 'qms-archive', since: NOON },
    ],
    peakAffected: 2,
    diagnosis: aDiagnosis({
      evidence: [`The server said: ${CANARY}`],
      fix: [
        {
          text: `Add a new secret <b>& "send" it</b> [here](http://evil.example) ${CANARY}`,
          command: "Update-MgApplication -Id 'x' |\n  Where-Object { $_.Id -eq '<y>' }",
          shell: 'powershell',
        },
        { text: 'Store it' },
      ],
      takesEffect: 'at the next probe',
      lookAlikes: [{ cause: 'secret-invalid', test: 'Compare the first three characters' }],
    }),
  });
  const message = incidentMessage(
    {
      id: '01a0c0de-0000-7000-8000-00000000c0de',
      kind: 'opened',
      at: NOON + 60_000,
      incident,
      affectedNow: 2,
      downNow: 2,
    },
    { timezone: 'Europe/Berlin', externalUrl: 'https://mailprobe.example', simulated: false },
  );
  return { ...message, ...overrides };
}
