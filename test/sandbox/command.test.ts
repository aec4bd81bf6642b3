import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { EXIT, UsageError } from '../../src/commands/command.ts';
import { sandbox } from '../../src/commands/sandbox.ts';
import { createListener } from '../../src/sandbox/listener.ts';
import { ask, jsonOf } from './client.ts';
import { files } from '../support/files.ts';

interface Run {
  readonly text: Promise<string>;
  readonly ended: Promise<number>;
  readonly stop: () => void;
}

function start(args: readonly string[]): Run {
  const stopped = new AbortController();
  const printed = Promise.withResolvers<string>();
  const io = {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => printed.resolve(text) },
    stderr: { write: () => undefined },
    env: {},
    files,
    signal: stopped.signal,
  };
  const ended = sandbox(args, io);
  // A refused command prints nothing. Rejects for callers that wait for output; others may ignore it.
  printed.promise.catch(() => undefined);
  ended.catch(printed.reject);
  return {
    text: printed.promise,
    ended,
    stop: () => {
      stopped.abort();
    },
  };
}

test('it runs until it is asked to end, and leaves nothing', async () => {
  const run = start([]);
  const text = await run.text;
  expect(text).toMatch(/^SIMULATED: /);
  const control = /control API +(\S+)/.exec(text)?.[1] ?? '';
  const file = /configuration +(\S+)/.exec(text)?.[1] ?? '';
  expect(jsonOf(await ask(`${control}/`)).simulated).toBe(true);
  expect(await readFile(file, 'utf8')).toContain('authority: https://127.0.0.1:');
  run.stop();
  expect(await run.ended).toBe(EXIT.ok);
  await expect(ask(`${control}/`)).rejects.toThrow('ECONNREFUSED');
  await expect(access(file)).rejects.toThrow('ENOENT');
});

test('its certificates carry the names that were asked for', async () => {
  const run = start(['--names', 'outlook.office365.com, *.contoso.example']);
  const [, host, port] = /IMAP +(\S+):(\d+)/.exec(await run.text) ?? [];
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  expect(socket.getPeerX509Certificate()?.subjectAltName).toContain(
    'DNS:outlook.office365.com, DNS:*.contoso.example',
  );
  socket.destroy();
  run.stop();
  await run.ended;
});

describe('it refuses', () => {
  test.each([
    ['a port that is none', ['--port', 'x'], 'expected --port to be a number from 1 to 65529'],
    ['a port without room for the others', ['--port', '65530'], 'expected --port to be a number'],
    ['an option that is none', ['--prot', '1'], 'there is no option --prot. Did you mean --port?'],
    [
      'a name that is no host',
      ['--names', 'outlook.office365.com,https://x'],
      'expected --names to be host names such as outlook.office365.com, separated by commas, got "https://x"',
    ],
    ['an argument', ['now'], 'expected options only, got "now"'],
  ])('%s', async (_name, args, says) => {
    await expect(start(args).ended).rejects.toThrow(UsageError);
    await expect(start(args).ended).rejects.toThrow(says);
  });

  test('a port that is taken', async () => {
    const taken = await createListener({
      host: '127.0.0.1',
      port: 0,
      tls: 'none',
      fault: () => 'healthy',
      secureContext: async () => await Promise.reject(new Error('no TLS here')),
      serve: () => undefined,
    });
    const ended = start(['--port', String(Math.min(taken.port, 65_529))]).ended;
    await expect(ended).rejects.toThrow('cannot all be used (EADDRINUSE)');
    await taken.close();
  });
});
