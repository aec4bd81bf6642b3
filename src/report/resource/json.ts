/**
 * Converts values of the model to the JSON that users see: names in snake_case, times as RFC 3339, redacted strings.
 */
import { z } from 'zod';
import type { Redactor } from '../../model/redactor.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Members of the model that hold a point in time in epoch milliseconds. */
const TIMES = new Set([
  'at',
  'since',
  'notBefore',
  'notAfter',
  'issuedAt',
  'startsAt',
  'expiresAt',
  'tokenExpiresAt',
  'lastCheck',
  'lastSuccess',
]);

/** The end of the year 9999, the last time that RFC 3339 can write. `exp` of a token may hold any number. */
const LAST_SEEN = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export const timeSchema = z.iso.datetime().describe('RFC 3339, UTC');

export const factsSchema = z.record(z.string(), z.unknown());

/** Returns `null` for an event that never happened, and for a number that is not a valid time. */
export function rfc3339(epochMs: number | undefined): string | null {
  if (epochMs === undefined || !(epochMs >= 0 && epochMs <= LAST_SEEN)) return null;
  return new Date(epochMs).toISOString();
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts an object of the model. Absent members stay absent. */
export function factsToJson(facts: object): JsonObject {
  const json: JsonObject = {};
  for (const [key, value] of Object.entries(facts)) {
    const shown = TIMES.has(key) && typeof value === 'number' ? rfc3339(value) : valueToJson(value);
    if (shown !== undefined) json[snakeCase(key)] = shown;
  }
  return json;
}

function valueToJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((item) => valueToJson(item) ?? null);
  return typeof value === 'object' ? factsToJson(value) : undefined;
}

/** An array with more members than this is written in pieces of this many. */
const MOST_AT_ONCE = 64;

/**
 * The same text as `jsonText`, in pieces. Long arrays are split, because ten thousand mailboxes may be affected, and each
 * of their ids is searched for secrets.
 */
export function* jsonPieces(value: object, redactor: Redactor): Generator<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (!members.some(([, member]) => Array.isArray(member) && member.length > MOST_AT_ONCE)) {
    yield jsonText(value, redactor);
    return;
  }
  let before = '{';
  for (const [name, member] of members) {
    yield `${before}${JSON.stringify(name)}:`;
    if (Array.isArray(member)) yield* arrayPieces(member, redactor);
    else yield jsonText(member, redactor);
    before = ',';
  }
  yield '}';
}

function* arrayPieces(members: readonly unknown[], redactor: Redactor): Generator<string> {
  yield '[';
  for (let at = 0; at < members.length; at += MOST_AT_ONCE) {
    const text = jsonText(members.slice(at, at + MOST_AT_ONCE), redactor);
    yield `${at === 0 ? '' : ','}${text.slice(1, -1)}`;
  }
  yield ']';
}

/** Returns JSON with every string redacted. Strings that are shorter than any secret are skipped. */
export function jsonText(value: unknown, redactor: Redactor): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' && member.length >= 8 ? redactor.redact(member) : member,
  );
}
