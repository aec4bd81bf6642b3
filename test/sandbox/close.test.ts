import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { expectNothingLeft } from '../support/leaks.ts';
import { ask, askToken, openDialogue, saslOf, tokenOf } from './client.ts';

test('closing ends every connection at once and leaves nothing behind', async () => {
  const control = await expectNothingLeft(async () => {
    const other = await createSandbox({ failureDelayMs: 3_600_000 });
    const idle = await openDialogue(other.imap, other.ca);
    const upgradable = connectTcp(other.pop3StartTls);
    const waiting = await openDialogue(other.imap, other.ca);
    await waiting.read();
    // The refusal is delayed by an hour: closing does not wait for it.
    waiting.send(`a1 AUTHENTICATE XOAUTH2 ${saslOf('nobody@contoso.example', await tokenOf(other))}`);
    other.change((tenant) => {
      tenant.faults.entra = { kind: 'silent' };
      tenant.faults.pop3 = { kind: 'hang' };
    });
    const unanswered = askToken(other, { grant_type: 'x' });
    const held = connectTcp(other.pop3);
    await once(held, 'connect');
    const cut = unanswered.then(
      () => 'answered',
      (error: unknown) => String(error),
    );
    await idle.read();
    await other.close();
    expect(await cut).toMatch(/socket hang up|ECONNRESET/);
    expect(await idle.read()).toBeUndefined();
    held.destroy();
    upgradable.destroy();
    waiting.socket.destroy();
    return other.control;
  });
  await expect(ask(control)).rejects.toThrow('ECONNREFUSED');
});

test('a client that leaves before the handshake is let go, without a wait for it', async () => {
  const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => /Socket/.test(name));
  const other = await createSandbox({
    // Ends only with the connection.
    wait: async (_ms, signal) => {
      if (!signal.aborted) await once(signal, 'abort');
    },
  });
  const clients = [connectTcp(other.imap), connectTcp(other.pop3)];
  await expect
    .poll(() => [other.requests().imap.connections, other.requests().pop3.connections])
    .toEqual([1, 1]);
  for (const client of clients) client.destroy();
  await expect.poll(sockets).toEqual([]);
  await other.close();
});
