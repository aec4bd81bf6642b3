import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { plainHost, resolveHost, shareLookup, type Lookup } from '../../../src/probe/network/resolve.ts';
import { expectNoListeners } from '../../support/leaks.ts';

const hanging: Lookup = async () => await new Promise<never>(() => undefined);

function request(host: string, signal: AbortSignal = new AbortController().signal) {
  return { host, role: 'host', signal, redactor: createRedactor() };
}

test('all addresses are kept, in the order of the resolver', async () => {
  const lookup: Lookup = async () => ['2001:db8::7', '192.0.2.7'];
  const { stage, addresses } = await resolveHost(request('mail.example'), lookup);
  expect(addresses).toEqual(['2001:db8::7', '192.0.2.7']);
  expect(stage).toMatchObject({
    outcome: 'ok',
    facts: { host: 'mail.example', addresses: ['2001:db8::7', '192.0.2.7'] },
  });
});

test.each(['192.0.2.7', '2001:db8::7'])('the address %s needs no resolver', async (host) => {
  const { stage, addresses } = await resolveHost(request(host), hanging);
  expect(addresses).toEqual([host]);
  expect(stage.outcome).toBe('ok');
});

test('a name without addresses fails', async () => {
  const { stage } = await resolveHost(request('mail.example'), async () => []);
  expect(stage.failure).toEqual({ kind: 'dns', text: 'The host has no address: mail.example' });
});

describe('a resolver that hangs', () => {
  test.each([
    ['the deadline', new DOMException('over', 'TimeoutError'), 'timeout'],
    ['a stop', new Error('shutdown'), 'aborted'],
  ])('is left behind by %s', async (_, reason, kind) => {
    const controller = new AbortController();
    const resolved = resolveHost(request('mail.example', controller.signal), hanging);
    controller.abort(reason);
    const { stage } = await resolved;
    expect(stage).toMatchObject({ outcome: 'failed', facts: { host: 'mail.example' }, failure: { kind } });
    expect(stage.failure?.text).toContain("while waiting for the resolver's answer for mail.example");
    expectNoListeners(controller.signal);
  });

  test('may answer or fail later without harm', async () => {
    const late = Promise.withResolvers<readonly string[]>();
    const { stage } = await resolveHost(
      request('mail.example', AbortSignal.abort()),
      async () => await late.promise,
    );
    late.reject(new Error('too late'));
    expect(stage.failure?.kind).toBe('aborted');
  });
});

test('a signal keeps no listener of a resolver that answered', async () => {
  const { signal } = new AbortController();
  const { stage } = await resolveHost(request('mail.example', signal), async () => ['192.0.2.7']);
  expect(stage.outcome).toBe('ok');
  expectNoListeners(signal);
});

test('concurrent probes of the same name share one lookup; the next probe looks it up anew', async () => {
  const asked: string[] = [];
  const answers = Promise.withResolvers<void>();
  const lookup = shareLookup(async (host) => {
    asked.push(host);
    await answers.promise;
    if (host === 'gone.example') throw new Error('no such name');
    return ['192.0.2.7'];
  });
  const names = ['mail.example', 'mail.example', 'gone.example', 'gone.example'];
  const probes = Promise.allSettled(names.map((name) => lookup(name)));
  answers.resolve();
  expect((await probes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(asked).toEqual(['mail.example', 'gone.example']);
  await lookup('mail.example');
  expect(asked).toEqual(['mail.example', 'gone.example', 'mail.example']);
});

test.each([
  ['[2001:db8::7]', '2001:db8::7'],
  ['2001:db8::7', '2001:db8::7'],
  ['192.0.2.7', '192.0.2.7'],
  ['mail.example', 'mail.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['not a name', 'not a name'],
])('%s is dialed as %s', (host, plain) => {
  expect(plainHost(host)).toBe(plain);
});
