import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failedStages, isSuccess } from '../../../src/model/evidence.ts';
import type { Act } from '../../fakes/fake-mail-server.ts';
import { pop3Dialect } from '../../fakes/fake-mail-server-pop3.ts';
import { describeProtocol } from './contract.ts';
import { startProbing, type Probing } from './probing.ts';

describe('pop3', () => {
  describeProtocol(pop3Dialect);

  describe('what only POP3 does', () => {
    let probing: Probing;

    beforeAll(async () => {
      probing = await startProbing(pop3Dialect);
    });

    afterAll(async () => {
      await probing.close();
    });

    test('the probe sends no unneeded command, and the response has a line of its own', async () => {
      await probing.probe({});
      expect(probing.server.parsed.map((line) => line.replace(/^dX\S+$/, '...'))).toEqual([
        'CAPA',
        'AUTH XOAUTH2',
        '...',
        'STAT',
        'QUIT',
      ]);
    });

    test.each<readonly [string, Act]>([
      ['a plus alone', ({ write }) => write('+\r\n')],
      ['a plus and a space', ({ write }) => write('+ \r\n')],
      ['a plus and text', ({ write }) => write('+ go ahead\r\n')],
    ])('the response may be asked for by %s', async (_, prompt) => {
      expect(isSuccess(await probing.probe({ prompt }))).toBe(true);
    });

    test('a success before the response is a protocol violation', async () => {
      const evidence = await probing.probe({ prompt: ({ say }) => say('+OK welcome') });
      expect(failedStages(evidence)).toMatchObject([
        { stage: 'auth', failure: { kind: 'protocol', text: '+OK welcome' } },
      ]);
      expect(probing.server.parsed.some((line) => line.startsWith('dX'))).toBe(false);
    });

    test.each([
      ['LOGIN-DELAY', 'throttled'],
      ['IN-USE', 'rejected'],
      ['SYS/TEMP', 'rejected'],
    ])('-ERR [%s] is %s', async (code, kind) => {
      const evidence = await probing.probe({ auth: pop3Dialect.refuse(`[${code}] Not now.`) });
      expect(failedStages(evidence)).toMatchObject([
        { stage: 'auth', failure: { kind, code, status: '-ERR', text: 'Not now.' } },
      ]);
    });

    test.each([
      ['+OK 3 100', 'protocol', '+OK 3 100'],
      ['-ERR [SYS/TEMP] Shutting down.', 'rejected', 'Shutting down.'],
    ])('an answer that nobody asked for is not taken for the next one: "%s"', async (line, kind, text) => {
      const evidence = await probing.probe({ auth: ({ say }) => say(`+OK welcome\n${line}`) });
      expect(failedStages(evidence)).toMatchObject([{ stage: 'open', failure: { kind, text } }]);
      expect(probing.server.parsed).not.toContain('STAT');
    });

    test.each(['', 'welcome', '-3 0', '3'])(
      'a STAT without numbers is no success: "+OK %s"',
      async (words) => {
        const evidence = await probing.probe({ open: ({ say }) => say(`+OK ${words}`) });
        expect(failedStages(evidence)).toMatchObject([{ stage: 'open', failure: { kind: 'protocol' } }]);
      },
    );
  });
});
