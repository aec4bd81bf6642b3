import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failedStages, isSuccess, stageOf } from '../../../src/model/evidence.ts';
import type { Act } from '../../fakes/fake-mail-server.ts';
import { imapDialect } from '../../fakes/fake-mail-server-imap.ts';
import { describeProtocol } from './contract.ts';
import { startProbing, type Probing } from './probing.ts';

describe('imap', () => {
  describeProtocol(imapDialect);

  describe('what only IMAP does', () => {
    let probing: Probing;

    beforeAll(async () => {
      probing = await startProbing(imapDialect);
    });

    afterAll(async () => {
      await probing.close();
    });

    const CHURN = 'User is authenticated but not connected.';

    test.each<readonly [string, Act]>([
      ['alone', ({ say, tag }) => say(`${tag} BAD ${CHURN}`)],
      [
        'for the third time, with a goodbye',
        ({ say, tag }) => say(`${tag} BAD ${CHURN}\n* BYE Connection closed. 14`),
      ],
    ])('authenticated but not connected %s: the login went well, the opening did not', async (_, open) => {
      const evidence = await probing.probe({ open });
      expect(stageOf(evidence, 'auth')?.outcome).toBe('ok');
      expect(failedStages(evidence)).toMatchObject([
        { stage: 'open', failure: { kind: 'rejected', status: 'BAD', text: CHURN } },
      ]);
    });

    test.each<readonly [string, Act, string]>([
      ['instead of an answer', ({ say }) => say('* BYE Session invalidated - AccessTokenExpired'), 'auth'],
      [
        'behind the consent',
        ({ say, tag }) => say(`${tag} OK Logged in.\n* BYE Session invalidated - AccessTokenExpired`),
        'open',
      ],
    ])('a BYE %s is quoted', async (_, auth, stage) => {
      const evidence = await probing.probe({ auth });
      expect(failedStages(evidence)).toMatchObject([
        {
          stage,
          failure: { kind: 'rejected', status: 'BYE', text: 'Session invalidated - AccessTokenExpired' },
        },
      ]);
    });

    test('a throttling BAD is reported with the time that the server asks for', async () => {
      const open: Act = ({ say, tag }) =>
        say(`${tag} BAD Request is throttled. Suggested Backoff Time: 299609 milliseconds`);
      const evidence = await probing.probe({ open });
      expect(failedStages(evidence)).toMatchObject([
        { stage: 'open', failure: { kind: 'throttled', status: 'BAD', retryAfterSeconds: 299.609 } },
      ]);
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });

    test('a PREAUTH greeting is refused', async () => {
      const evidence = await probing.probe({ greeting: ({ say }) => say('* PREAUTH ready') });
      expect(failedStages(evidence)).toMatchObject([
        { stage: 'greeting', failure: { kind: 'protocol', code: 'preauth' } },
      ]);
    });

    test('capabilities in the greeting are not requested again', async () => {
      const evidence = await probing.probe({
        greeting: ({ say }) => say('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready'),
      });
      expect(isSuccess(evidence)).toBe(true);
      expect(probing.server.parsed.map((line) => line.split(' ')[1])).toEqual([
        'AUTHENTICATE',
        'EXAMINE',
        'LOGOUT',
      ]);
    });

    test('a repeated answer ends the probe at the next step', async () => {
      const evidence = await probing.probe({ auth: ({ say, tag }) => say(`${tag} OK done\n${tag} OK done`) });
      expect(failedStages(evidence)).toMatchObject([{ stage: 'open', failure: { kind: 'protocol' } }]);
    });

    test('the probe sends no unneeded command, and does not prefer OAUTHBEARER', async () => {
      await probing.probe({});
      expect(
        probing.server.parsed.map((line) => line.replace(/^\w+ /, '').replace(/ dX\S+$/, ' ...')),
      ).toEqual(['CAPABILITY', 'AUTHENTICATE XOAUTH2 ...', 'EXAMINE INBOX', 'LOGOUT']);
    });

    test.each<readonly [string, Act]>([
      ['a literal', ({ say, tag }) => say(`* LIST () "/" {7}\n${tag} OK x\n${tag} OK done`)],
      ['an unexpected continuation', ({ say, tag }) => say(`+ go on\n${tag} OK done`)],
    ])('%s is none of the protocol', async (_, open) => {
      const evidence = await probing.probe({ open });
      expect([...failedStages(evidence)].map(({ failure }) => failure?.kind)).toEqual(['protocol']);
    });
  });
});
