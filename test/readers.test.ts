import { expect, test } from 'vitest';
import { FileError, type FileFault, type Files } from '../src/model/files.ts';
import { createRedactor } from '../src/model/redactor.ts';
import { isStarved } from '../src/model/starved.ts';
import type { Credential } from '../src/model/target.ts';
import { readCredential } from '../src/probe/token/client-credential.ts';
import { createReaders } from '../src/readers.ts';

/** Whatever the credential is: a file that was not read for a reason of ours is not an unreadable credential. */
const CREDENTIALS: readonly Credential[] = [
  { kind: 'secret', source: { from: 'file', path: '/run/secrets/plm' } },
  { kind: 'certificate', certificateFile: '/run/secrets/plm.crt', privateKeyFile: '/run/secrets/plm.key' },
  { kind: 'federated-token', tokenFile: '/run/secrets/plm.token' },
];
const FAULTS: readonly (readonly [FileFault, boolean])[] = [
  ['file-not-tried', true],
  ['EMFILE', true],
  ['ENFILE', true],
  ['file-hangs', false],
  ['file-missing', false],
];

function failing(code: FileFault): Files {
  const fail = async () => await Promise.reject(new FileError(code, 'other files took longer than 5 s'));
  return { read: fail, list: fail, fingerprint: fail };
}

test.each(CREDENTIALS.flatMap((credential) => FAULTS.map(([code, ours]) => ({ credential, code, ours }))))(
  'a $credential.kind whose file ends in $code',
  async ({ credential, code, ours }) => {
    const readers = createReaders({ env: {}, files: failing(code) });
    const reading = await readCredential(credential, { ...readers, redactor: createRedactor() });
    if (reading.ok) throw new Error('expected a failure');
    const { failure } = reading;
    expect(failure).toMatchObject({ kind: 'credential', code });
    const stages = [{ stage: 'token', outcome: 'failed', seconds: 1, facts: {}, failure }] as const;
    expect(isStarved({ protocol: 'imap', stages, seconds: 1, standstillMs: 0 })).toBe(ours);
  },
);
