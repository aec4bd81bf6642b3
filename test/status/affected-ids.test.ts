import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAffectedIds } from '../../src/status/affected-ids.ts';

const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 });

test('the sorted ids are those that at least one finding names, after any changes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), list, fc.boolean())), (changes) => {
      const ids = createAffectedIds();
      const findings = new Map<number, readonly string[]>();
      for (const [source, mailboxes, isRead] of changes) {
        ids.add(mailboxes);
        ids.remove(findings.get(source) ?? []);
        findings.set(source, mailboxes);
        if (isRead) ids.sorted();
      }
      expect(ids.sorted()).toEqual([...new Set([...findings.values()].flat())].sort());
    }),
  );
});

test('the list is the same array until a mailbox joins or leaves', () => {
  const ids = createAffectedIds();
  ids.add(['b', 'a']);
  const before = ids.sorted();
  ids.add(['a']);
  ids.remove(['a']);
  expect(ids.sorted()).toBe(before);
  ids.add(['c']);
  expect(ids.sorted()).toEqual(['a', 'b', 'c']);
  expect(before).toEqual(['a', 'b']);
});
