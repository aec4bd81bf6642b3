/**
 * Reads the files that protect the HTTP interface: bearer tokens, certificate and key. No message repeats any of the
 * content. Called by `load.ts`.
 */
import { resolve } from 'node:path';
import { CREDENTIAL_LIMIT_BYTES, FileError, type Files } from '../model/files.ts';
import { Secret } from '../model/secret.ts';
import type { HttpSettings } from './config.ts';
import type { KeyFault } from './credential-files.ts';
import type { HttpInFile } from './http-schema.ts';
import { type Parsed, parseCertificate, parsePrivateKey } from './pem.ts';
import type { Fault } from './config-error.ts';
import { readText } from './read-file.ts';

/** The characters of a bearer token (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;
/** In characters. A random token of this length cannot be guessed. */
const SHORTEST_TOKEN = 16;

export interface HttpReading {
  readonly settings: HttpSettings;
  /** `key` is a path below `http`, such as `tls.private_key_file`. */
  readonly faults: readonly KeyFault[];
}

/** Relative paths are resolved against `folder`. The full path of each file is added to `paths`. */
export async function readHttp(
  written: HttpInFile,
  folder: string,
  files: Files,
  paths: Set<string>,
): Promise<HttpReading> {
  const read = async <T>(path: string, parse: (text: string) => Parsed<T>): Promise<Parsed<T>> => {
    const full = resolve(folder, path);
    paths.add(full);
    try {
      return parse(await readText(files, full, CREDENTIAL_LIMIT_BYTES));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return { ok: false, fault: { code: error.code, message: `cannot read this file: ${error.reason}` } };
    }
  };
  const tokens = written.tokens_file === undefined ? undefined : await read(written.tokens_file, parseTokens);
  const tls = written.tls === undefined ? undefined : await readTls(written.tls, read);
  return {
    settings: {
      public: written.public,
      hosts: written.hosts,
      ...(tokens?.ok === true ? { tokens: tokens.value } : {}),
      ...(tls?.value === undefined ? {} : { tls: tls.value }),
    },
    faults: [
      ...(tokens?.ok === false ? [{ key: 'tokens_file', ...tokens.fault }] : []),
      ...(tls?.faults ?? []),
    ],
  };
}

async function readTls(
  { certificate_file, private_key_file }: NonNullable<HttpInFile['tls']>,
  read: <T>(path: string, parse: (text: string) => Parsed<T>) => Promise<Parsed<T>>,
): Promise<{ readonly value?: NonNullable<HttpSettings['tls']>; readonly faults: readonly KeyFault[] }> {
  const certificate = await read(certificate_file, withText(parseCertificate));
  const key = await read(private_key_file, withText(parsePrivateKey));
  if (certificate.ok && key.ok) {
    if (certificate.value.parsed.checkPrivateKey(key.value.parsed)) {
      const value = { certificate: certificate.value.text, privateKey: new Secret(key.value.text) };
      return { value, faults: [] };
    }
    const message = 'expected the private key of the certificate, got the key of another';
    return { faults: [{ key: 'tls.private_key_file', code: 'private-key-mismatch', message }] };
  }
  return {
    faults: [
      ...(certificate.ok ? [] : [{ key: 'tls.certificate_file', ...certificate.fault }]),
      ...(key.ok ? [] : [{ key: 'tls.private_key_file', ...key.fault }]),
    ],
  };
}

/**
 * Keeps the whole text of a file next to the value parsed from it, because Node needs the chain that follows the
 * certificate.
 */
function withText<T>(parse: (text: string) => Parsed<T>) {
  return (text: string): Parsed<{ readonly text: string; readonly parsed: T }> => {
    const parsed = parse(text);
    return parsed.ok ? { ok: true, value: { text, parsed: parsed.value } } : parsed;
  };
}

function parseTokens(text: string): Parsed<readonly Secret[]> {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, at) => ({ token: line.replace(/#.*/, '').trim(), number: at + 1 }))
    .filter(({ token }) => token !== '');
  const bad = lines.find(({ token }) => token.length < SHORTEST_TOKEN || !TOKEN.test(token));
  if (bad !== undefined) return { ok: false, fault: badToken(bad.token, bad.number) };
  if (lines.length > 0) return { ok: true, value: lines.map(({ token }) => new Secret(token)) };
  const message = 'expected at least one token in this file, got none';
  return { ok: false, fault: { code: 'no-tokens', message, hint: 'make one: openssl rand -hex 32' } };
}

function badToken(token: string, line: number): Fault {
  const got =
    token.length < SHORTEST_TOKEN
      ? `one of ${token.length} characters`
      : 'one with other characters than letters, digits and -._~+/=';
  return {
    code: 'bad-token',
    message: `expected tokens of ${SHORTEST_TOKEN} or more characters in this file, got ${got} in its line ${line}`,
    hint: 'make one: openssl rand -hex 32',
  };
}
