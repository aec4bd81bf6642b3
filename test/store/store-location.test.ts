import { expect, test } from 'vitest';
import {
  storeLocation,
  type StoreLocation,
  type StoreLocationQuestion,
} from '../../src/store/store-location.ts';

const file = (path: string): StoreLocation => ({ kind: 'file', file: path });

const DATABASE = {
  hosts: [{ host: 'db.example', port: 5_432 }],
  user: 'm',
  database: 'm',
  tls: 'verify',
} as const;

test.each<[string, Partial<StoreLocationQuestion>, StoreLocation]>([
  ['a database', { database: DATABASE }, { kind: 'database', database: DATABASE }],
  ['none is none, without a warning', { configured: 'none' }, { kind: 'none' }],
  [
    'the configured file wins',
    { configured: '/data/mp.db', env: { STATE_DIRECTORY: '/s' } },
    file('/data/mp.db'),
  ],
  ['a relative one is beside the configuration', { configured: 'mp.db' }, file('/etc/mailprobe/mp.db')],
  [
    "systemd's state folder",
    { env: { STATE_DIRECTORY: '/var/lib/mailprobe' } },
    file('/var/lib/mailprobe/mailprobe.db'),
  ],
  ['the first of several state folders', { env: { STATE_DIRECTORY: '/a:/b' } }, file('/a/mailprobe.db')],
  ['an empty state folder is none', { env: { STATE_DIRECTORY: '' } }, file('/etc/mailprobe/mailprobe.db')],
  ['beside the configuration, where that can be written', {}, file('/etc/mailprobe/mailprobe.db')],
  [
    'else none, with a warning',
    { canWrite: () => false },
    {
      kind: 'none',
      warning:
        'nothing is kept across a restart: the folder /etc/mailprobe of the configuration cannot be written, STATE_DIRECTORY is not set, and `store` names no file',
    },
  ],
])('%s', (_, question, expected) => {
  const usual = {
    configured: undefined,
    database: undefined,
    configFile: '/etc/mailprobe/mailprobe.yaml',
    env: {},
    canWrite: () => true,
  };
  expect(storeLocation({ ...usual, ...question })).toEqual(expected);
});
