/**
 * Checks a part of a file against its schema. Turns zod's issues into config errors with a location, a stable code and
 * a hint. Called by `load.ts` for each part, and by `mailbox-files.ts`.
 */
import type { z } from 'zod';
import { PARTLY_KNOWN_CLOUDS } from '../model/microsoft365.ts';
import { INLINE_SECRET_KEYS } from './credential-schema.ts';
import { type ConfigError, type Fault, type Path, pathText } from './config-error.ts';
import { closest, didYouMean } from './shown.ts';
import { holderOf, keysAt, schemaAt, valueAt } from './walk.ts';
import type { YamlFile } from './yaml-file.ts';

/** A part of a file: its data and its location. */
export interface Piece {
  readonly file: YamlFile;
  readonly path: Path;
  readonly raw: unknown;
}

export interface Checked<T> extends Piece {
  /** Absent if there are errors that leave no usable value. */
  readonly value?: T;
  readonly errors: readonly ConfigError[];
}

export function check<S extends z.ZodType>(schema: S, piece: Piece): Checked<z.output<S>> {
  const parsed = schema.safeParse(piece.raw);
  if (parsed.success) return { ...piece, value: parsed.data, errors: [] };
  const found = parsed.error.issues.flatMap((issue) => faultsOf(issue, schema, piece.raw));
  const meant = new Set(
    found.flatMap(({ path, meant: key }) => (key === undefined ? [] : siblings(path, key))),
  );
  const errors = found
    .filter(({ path, fault }) => !isMissing(fault) || !meant.has(pathText(path)))
    .map(({ path, fault }) => piece.file.error([...piece.path, ...path], fault));
  return { ...piece, errors };
}

/** Empty if the value is not a list. The schema reports such a value. */
export function itemsOf(file: YamlFile, path: Path): readonly Piece[] {
  const list = valueAt(file.data, path);
  return Array.isArray(list) ? list.map((raw: unknown, at) => ({ file, path: [...path, at], raw })) : [];
}

interface Found {
  /** Path of the faulty value within the piece. */
  readonly path: Path;
  readonly fault: Fault;
  /**
   * The known key that the user probably meant. If that key is missing, its absence is not reported as a second error.
   */
  readonly meant?: string | undefined;
}

function siblings(path: Path, key: string): readonly string[] {
  const parent = path.slice(0, -1);
  return [pathText(parent), pathText([...parent, key])];
}

function isMissing({ code }: Fault): boolean {
  return code === 'missing' || code === 'credential-missing';
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, whole: unknown): readonly Found[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      ...(path.at(-1) === 'store' && STORE_FILE_KEYS.has(key)
        ? STORE_FILE
        : unknownKey(key, known, holderOf(schema, path, key))),
    }));
  }
  const meant = issue.code === 'invalid_union' ? meantBy(issue) : undefined;
  if (meant !== undefined)
    return meant.flatMap((one) => faultsOf({ ...one, path: [...issue.path, ...one.path] }, schema, whole));
  const inner = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  return [{ path, fault: faultOf(inner, valueAt(whole, path), schemaAt(schema, path)) }];
}

/**
 * For a value that may have several forms, such as a text or a mapping: returns the issues of the first form whose type
 * fits. Undefined if no type fits.
 */
function meantBy({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  return errors.find((its) => !its.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
}

/** Keys that people write under `store` because other programs expect the path of a database file there. */
const STORE_FILE_KEYS: ReadonlySet<string> = new Set(['path', 'file', 'sqlite']);
const STORE_FILE: Omit<Found, 'path'> = {
  fault: {
    code: 'unknown-key',
    message: 'this key is not known',
    hint: 'write the path of a database file without a mapping: store: PATH. A mapping is for PostgreSQL: store: { url: postgres://… }',
  },
  meant: 'url',
};

function unknownKey(key: string, known: readonly string[], holder: string | undefined): Omit<Found, 'path'> {
  if (INLINE_SECRET_KEYS.has(key.toLowerCase().replaceAll('-', '_'))) {
    const fault = {
      code: 'inline-secret',
      message: 'a secret must not be in this file',
      hint: known.includes('tokens_file')
        ? 'put it into a file and name the file: tokens_file: PATH'
        : known.includes('password_file')
          ? 'put it into a file and name the file with secret_file, password_file, token_file or url_file'
          : 'put it into a file and name the file: credential: { secret_file: PATH }; or name an environment variable: credential: { secret_env: NAME }',
    };
    return { fault, meant: 'credential' };
  }
  if (holder !== undefined) {
    const hint = `it belongs one level deeper: ${holder}: { ${key}: ... }`;
    return { fault: { code: 'unknown-key', message: 'this key is not known here', hint }, meant: holder };
  }
  const hint = didYouMean(key, known) ?? `known here: ${known.join(', ')}`;
  return {
    fault: { code: 'unknown-key', message: 'this key is not known', hint },
    meant: closest(key, known) ?? key,
  };
}

function faultOf(issue: z.core.$ZodIssue, raw: unknown, schema: z.ZodType | undefined): Fault {
  const { message } = issue;
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code'];
    const hint: unknown = issue.params?.['hint'];
    return fault(
      typeof code === 'string' ? code : 'invalid-value',
      message,
      typeof hint === 'string' ? hint : undefined,
    );
  }
  if (issue.code === 'invalid_type' && raw === undefined) return fault('missing', message);
  if (issue.code === 'invalid_type') return fault('wrong-type', message, typeHint(raw, schema));
  if (issue.code !== 'invalid_value') return fault('invalid-value', message);
  const hint = issue.values.includes('global') ? partlyKnownHint(String(raw)) : undefined;
  return fault('invalid-value', message, hint ?? didYouMean(String(raw), issue.values.map(String)));
}

/**
 * Returns the hint for a cloud whose mail hosts and scope mailprobe does not know. `name`: any of the cloud's names,
 * such as `bleu` or `BleuCloud`. Undefined for any other name.
 */
function partlyKnownHint(name: string): string | undefined {
  const cloud = PARTLY_KNOWN_CLOUDS.get(name.toLowerCase().replace(/cloud$/, ''));
  return cloud === undefined
    ? undefined
    : `the mail hosts and the scope of ${cloud.title} are not known to mailprobe: Microsoft's pages name only authority: ${cloud.authority} and graph_endpoint: ${cloud.graphEndpoint}. Leave cloud out, and set these two, scope, imap.host and pop3.host to the values of your provider; graph: true does not work there`;
}

function fault(code: string, message: string, hint?: string): Fault {
  return hint === undefined ? { code, message } : { code, message, hint };
}

/**
 * Returns a hint about an empty value, or about quotes: with quotes a number becomes text, and without them a text may
 * become a number.
 */
function typeHint(raw: unknown, schema: z.ZodType | undefined): string | undefined {
  if (raw === null) return 'give it a value, or remove the key';
  if ((typeof raw === 'number' || typeof raw === 'boolean') && schema?.safeParse(String(raw)).success) {
    return 'put it in quotes';
  }
  if (typeof raw === 'string' && raw !== '' && schema?.safeParse(Number(raw)).success)
    return 'write it without quotes';
  return undefined;
}
