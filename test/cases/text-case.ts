/** A text that somebody might paste, and the verdict that it deserves. */
import type { Cause } from '../../src/model/cause.ts';
import type { Confidence } from '../../src/model/diagnosis.ts';

export interface TextCase {
  /** Reads on from "explain: ". */
  readonly name: string;
  readonly text: string;
  /** The cause that must come first. */
  readonly first: Cause;
  readonly detail?: string;
  readonly confidence?: Confidence;
  /** Causes that must be among the candidates. */
  readonly among?: readonly Cause[];
}

/** 2026-11-23T00:00:00Z: what pasted tokens are measured against. */
export const PASTED_AT = Date.parse('2026-11-23T00:00:00Z');

/** A token as Entra makes it, with a signature that signs nothing. */
export function aJwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256', kid: 'made-up' })}.${part(claims)}.${'c2lnbmF0dXJl'.repeat(8)}`;
}

/** An app-only token for Exchange Online that is good for an hour more. */
export const GOOD_CLAIMS = {
  aud: 'https://outlook.office365.com',
  iss: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  iat: PASTED_AT / 1000 - 300,
  nbf: PASTED_AT / 1000 - 300,
  exp: PASTED_AT / 1000 + 3600,
  appid: '66666666-7777-8888-9999-000000000000',
  appidacr: '1',
  idtyp: 'app',
  oid: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
  tid: '11111111-2222-3333-4444-555555555555',
  ver: '1.0',
};
