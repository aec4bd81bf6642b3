/** Which targets hold an incident, by any story over two protocols. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aWorld, OF_APP } from './incident-world.ts';

const MAILBOXES = ['a', 'b', 'c'];
const KEYS = MAILBOXES.flatMap((mailbox) => [`${mailbox} imap`, `${mailbox} pop3`]);

test('each affected mailbox names the protocols that fail, whatever fails, recovers, is removed or restarts', () => {
  const step = fc.record({
    what: fc.constantFrom('down', 'down', 'up', 'remove', 'restart'),
    key: fc.constantFrom(...KEYS),
    isTaken: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = aWorld(...KEYS);
      const down = new Set<string>();
      for (const { what, key, isTaken } of steps) {
        world.pass(1);
        if (what === 'down') world.down(key, { cause: 'secret-expired', ...OF_APP });
        if (what === 'up') world.up(key);
        if (what === 'remove') world.remove(key);
        if (what === 'down') down.add(key);
        else if (what !== 'restart') down.delete(key);
        if (what === 'restart') {
          world.take();
          world.restart();
          world.reportAgain();
        }
        if (isTaken) world.take();
      }
      world.take();
      const open = world
        .incidents()
        .all()
        .filter(({ state }) => state !== 'closed');
      const affected = open.flatMap(({ affectedMailboxes }) => affectedMailboxes);
      const shown = affected.flatMap(({ id, until, protocols = [] }) =>
        until === undefined ? protocols.map((protocol) => `${id} ${protocol}`) : [],
      );
      expect(shown).toEqual(KEYS.filter((key) => down.has(key)));
    }),
  );
});
