import { beforeAll, describe, expect, test } from 'vitest';
import { demo } from '../../src/commands/demo.ts';
import { runCommand, type CommandRun } from '../support/run-command.ts';

const IDS = [
  'archive',
  'billing',
  'careers',
  'changes',
  'complaints',
  'helpdesk',
  'invoices',
  'lab',
  'purchasing',
  'qms-inbox',
  'returns',
  'sales',
  'suppliers',
  'support',
  'training',
];

/** What a newcomer sees first: the real demo, from its start to "Press Ctrl-C". */
describe('the demo', () => {
  let run: CommandRun;
  /** What each call printed. */
  const pieces: string[] = [];

  beforeAll(async () => {
    const stop = new AbortController();
    run = await runCommand(demo, ['--port', '0'], {
      signal: stop.signal,
      onOutput: (text) => {
        pieces.push(text);
        if (text.includes('Press Ctrl-C')) stop.abort();
      },
    });
  });

  test('ends well, and prints nothing else', () => {
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
  });

  test('says in its first line what the program is, and then that nothing of it is real', () => {
    const [what, simulated] = run.stdout.split('\n');
    expect(what).toBe('mailprobe logs in to mailboxes as your apps do, and names why one fails.');
    expect(simulated).toMatch(/^SIMULATED: /);
  });

  test('fits 80 columns', () => {
    expect(run.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('has a row for each mailbox, printed as it comes', () => {
    const rows = pieces.filter((piece) => /^[✓✗·] /.test(piece));
    const ids = new Set(rows.map((row) => row.split(/ +/)[1]));
    expect([rows.length, ids]).toEqual([IDS.length, new Set(IDS)]);
  });

  test('shows one command that fixes something, whole', () => {
    const [, fix = ''] = run.stdout.split('For example:');
    const commands = fix.split('\n').filter((line) => /^ {4}\S/.test(line));
    expect(commands).toEqual([expect.stringMatching(/^ {4}[A-Z][a-z]+-[A-Z]\w+ -.*[^…]$/)]);
  });

  test('ends with where to go on', () => {
    for (const name of ['status page', 'metrics', 'health', 'API', 'one probe'])
      expect(run.stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });
});
