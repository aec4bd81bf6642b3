/**
 * Reads the credentials of an application as Microsoft Graph lists them. Leaves out an entry without a valid id. Keeps
 * the valid members of the other entries. Called by directory.ts.
 * https://learn.microsoft.com/en-us/graph/api/resources/passwordcredential
 * https://learn.microsoft.com/en-us/graph/api/resources/keycredential
 */
import type { RegisteredCredential } from '../../model/credential.ts';
import { isRecord } from '../../model/json.ts';
import type { Clean } from '../token/oauth-error.ts';
import type { Json } from './graph-reader.ts';

const MOST = 200;
const LONGEST_NAME = 120;
const KEY_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function readRegistered(application: Json, clean: Clean): readonly RegisteredCredential[] {
  return [
    ...entriesOf(application.passwordCredentials).flatMap((entry) => readEntry('secret', entry, clean)),
    ...entriesOf(application.keyCredentials).flatMap((entry) => readEntry('certificate', entry, clean)),
  ];
}

function entriesOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.slice(0, MOST).filter(isRecord) : [];
}

/** Returns no entry or one. `keyId` is checked but not cleaned, because it is compared with the configured value. */
function readEntry(
  kind: RegisteredCredential['kind'],
  { keyId, displayName, hint, customKeyIdentifier, startDateTime, endDateTime }: Json,
  clean: Clean,
): RegisteredCredential[] {
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) return [];
  const thumbprint = kind === 'certificate' ? thumbprintOf(customKeyIdentifier) : undefined;
  const startsAt = timeOf(startDateTime);
  const expiresAt = timeOf(endDateTime);
  return [
    {
      kind,
      keyId,
      ...(typeof displayName === 'string' &&
        displayName !== '' && { displayName: clean(displayName, LONGEST_NAME) }),
      ...(kind === 'secret' && typeof hint === 'string' && hint !== '' && { hint: hint.slice(0, 3) }),
      ...(thumbprint !== undefined && { thumbprint }),
      ...(startsAt !== undefined && { startsAt }),
      ...(expiresAt !== undefined && { expiresAt }),
    },
  ];
}

/**
 * Returns the thumbprint as hex in upper case. Graph returns the bytes of the thumbprint in base64. Some tools store
 * the hex digits instead, as text or in base64. Undefined for anything else.
 */
function thumbprintOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const bytes = Buffer.from(value, 'base64');
  const text = isHex(value) ? value : isHex(bytes.toString('latin1')) ? bytes.toString('latin1') : undefined;
  if (text !== undefined) return text.toUpperCase();
  return bytes.length === 20 || bytes.length === 32 ? bytes.toString('hex').toUpperCase() : undefined;
}

function isHex(text: string): boolean {
  return /^(?:[\da-f]{40}|[\da-f]{64})$/i.test(text);
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
