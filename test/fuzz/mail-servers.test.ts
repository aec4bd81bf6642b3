import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STAGE_NAMES } from '../../src/model/evidence.ts';
import { imapDialect } from '../fakes/fake-mail-server-imap.ts';
import { pop3Dialect } from '../fakes/fake-mail-server-pop3.ts';
import type { Act, StepName } from '../fakes/fake-mail-server.ts';
import { startProbing, type Probing } from '../probe/protocol/probing.ts';
import { expectBounded, counterexample, texts } from './property.ts';

/** Whatever a mail server says at whatever step, and hangs up: evidence that is whole and bounded, without the token. */
const STEPS: readonly StepName[] = [
  'greeting',
  'capabilities',
  'prompt',
  'auth',
  'challenged',
  'open',
  'logout',
];
/** Of the tests' own probe: `startLooking`. */
const TOKEN = 'a-token-of-the-tests';

const lines = fc.array(
  fc.oneof(
    texts,
    fc
      .tuple(
        fc.constantFrom('* ', 'TAG ', '+', '+OK ', '-ERR ', '* OK ', 'TAG OK ', 'TAG NO ', '* 3 EXISTS', '.'),
        texts,
      )
      .map(([head, rest]) => head + rest),
    fc.constantFrom(TOKEN, Buffer.from(TOKEN).toString('base64'), TOKEN.toUpperCase()),
  ),
  { minLength: 1, maxLength: 4 },
);
const scripts = fc.dictionary(fc.constantFrom(...STEPS), lines, {
  minKeys: 1,
  maxKeys: 2,
  noNullPrototype: true,
});

function act(said: readonly string[]): Act {
  return (peer) => {
    for (const line of said) peer.write(`${line.replaceAll('TAG', peer.tag)}\r\n`);
    peer.halfClose();
  };
}

describe.each([imapDialect, pop3Dialect])('$protocol', (dialect) => {
  let probing: Probing;

  beforeAll(async () => {
    probing = await startProbing(dialect);
  });
  afterAll(async () => await probing.close());

  test('a server that says anything', async () => {
    expect(
      await counterexample(
        scripts,
        async (script) => {
          const evidence = await probing.probe(
            Object.fromEntries(Object.entries(script).map(([step, said]) => [step, act(said)])),
          );
          expect(evidence.stages.map(({ stage }) => stage)).toEqual([...STAGE_NAMES]);
          const shown = JSON.stringify(evidence);
          expectBounded(shown, 60_000);
          for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64').slice(0, -2)]) {
            expect(shown.toLowerCase()).not.toContain(form.toLowerCase());
          }
        },
        0.4,
      ),
    ).toBeUndefined();
  });
});
