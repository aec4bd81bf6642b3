import { describe, expect, test } from 'vitest';
import { parseJsonObject } from '../../src/model/json.ts';
import { configText, loaded, reported } from './workspace.ts';

function isPolluted(): boolean {
  return Reflect.get({}, 'polluted') !== undefined || Object.keys(Object.prototype).length > 0;
}

describe('"__proto__" as a value is a text like any other', () => {
  test.each([
    ['plain', '__proto__'],
    ['in quotes', '"__proto__"'],
    ['in part', 'a__proto__b'],
    ['by an alias', '&a __proto__'],
  ])('%s', async (_, value) => {
    const { mailboxes } = await loaded(configText('', '', `labels: { team: ${value} }`));
    expect(mailboxes[0]?.labels.team).toContain('__proto__');
  });

  test('and in a comment it is nothing', async () => {
    expect(await reported(configText('# __proto__: { polluted: yes }'))).toEqual([]);
  });
});

describe('"__proto__" as a key is refused with its line', () => {
  test.each([
    ['at the top', configText('__proto__: { polluted: true }'), 1],
    ['in quotes', configText('"__proto__": { polluted: true }'), 1],
    ['escaped', String.raw`${configText(String.raw`"\u005f_proto__": { polluted: true }`)}`, 1],
    ['of an app', configText('', '__proto__: { polluted: true }'), 7],
    ['in a label', configText('', '', 'labels: { __proto__: x }'), 9],
  ])('%s', async (_, text, line) => {
    expect(await reported(text)).toContain(`mailprobe.yaml:${line}: "__proto__" cannot be a key`);
    expect(isPolluted()).toBe(false);
  });

  test('and by an alias', async () => {
    const text = configText('', 'name: &a __proto__', 'labels: { *a : x }');
    expect((await reported(text)).join('\n')).toMatch(
      /^mailprobe\.yaml:9: cannot parse this file: a key must be a text/,
    );
  });
});

test.each(['{"__proto__":{"polluted":1}}', '{"a":{"__proto__":{"polluted":1}},"error":"__proto__"}'])(
  'JSON of a server with it is read and pollutes nothing: %s',
  (json) => {
    const body = parseJsonObject(json);
    expect(body).toBeDefined();
    expect(Reflect.get({ ...body }, 'polluted')).toBeUndefined();
    expect(isPolluted()).toBe(false);
  },
);
