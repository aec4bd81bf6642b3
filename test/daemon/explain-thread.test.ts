import { afterEach, expect, test } from 'vitest';
import { createExplainThread, type ExplainThread } from '../../src/explain-thread.ts';

let thread: ExplainThread;

afterEach(async () => {
  await thread.close();
});

test('answers what the command answers, each question its own', async () => {
  thread = createExplainThread();
  const answers = await Promise.all(['AADSTS7000222', 'nothing here', 'AADSTS700016'].map(thread.explain));
  expect(answers.map((answer) => answer?.diagnoses[0]?.cause)).toEqual([
    'secret-expired',
    undefined,
    'app-not-found',
  ]);
});

test('leaves the event loop free while it reads a long text', async () => {
  thread = createExplainThread();
  const noise = 'Oct 12 10:00:00 host postfix/smtp[123]: connect to mail.example[192.0.2.1]:25: ok\n';
  const reading = thread.explain(noise.repeat(1_200) + 'AADSTS7000222\n');
  let turns = 0;
  const ended = reading.then(() => true);
  while (!(await Promise.race([ended, new Promise((resolve) => void setImmediate(resolve, false))])))
    turns += 1;
  expect(turns).toBeGreaterThan(100);
  expect((await reading)?.diagnoses[0]?.cause).toBe('secret-expired');
});

test('a text that the heap has no room for is refused before the thread starts, and a shorter one is answered', async () => {
  thread = createExplainThread(64);
  const refused = thread.explain('x'.repeat(2.5 * 1024 * 1024 + 1));
  const aThreadNeedsLonger = new Promise((resolve) => void setImmediate(resolve, 'not yet'));
  expect(await Promise.race([refused, aThreadNeedsLonger])).toBeUndefined();
  expect((await thread.explain('AADSTS7000222'))?.diagnoses[0]?.cause).toBe('secret-expired');
});
