/**
 * Keeps secrets out of every text that leaves the process: log lines, answers, pages, evidence, terminal output.
 * `probe/` registers what it reads and receives; every edge calls `scrub`. It works by value and not by the name
 * of a field, because servers echo what they were sent and libraries put it into messages.
 */
export interface Redactor {
  /** Registers a value, and the forms in which it travels. Short values (under 8 characters) are ignored. */
  readonly add: (value: string) => void;
  /** The text without any registered value, whole or in part, and without anything shaped like a JWT. */
  readonly scrub: (text: string) => string;
}

const MARK = '[redacted]';
/** A registered value is recognised by any part of at least this many characters. */
const PART = 16;
const SHORTEST = 8;
/** Tokens are renewed hourly; forgetting the oldest keeps memory bounded however long we run. */
const MOST_VALUES = 50_000;

const JWT = /eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g;
const BEARER = /\b(bearer)(\s+|%20|\+)[\w.~+/=-]{8,}/gi;
/** Runs of characters that a secret, a token or an encoding of either is made of. */
const RUN = /[\w.~+/=%-]{16,}/g;

export function createRedactor(): Redactor {
  const values = new Set<string>();
  /** First `PART` characters of every offset of every value: finds a part without scanning all the values. */
  const parts = new Map<string, number>();

  const forget = (value: string): void => {
    values.delete(value);
    for (const part of partsOf(value)) {
      const count = (parts.get(part) ?? 1) - 1;
      if (count === 0) parts.delete(part);
      else parts.set(part, count);
    }
  };

  const remember = (value: string): void => {
    if (value.length < SHORTEST || values.has(value)) return;
    values.add(value);
    for (const part of partsOf(value)) parts.set(part, (parts.get(part) ?? 0) + 1);
    const oldest = values.size > MOST_VALUES ? values.values().next().value : undefined;
    if (oldest !== undefined) forget(oldest);
  };

  return {
    add: (value) => {
      for (const form of formsOf(value)) remember(form);
    },
    scrub: (text) => {
      let scrubbed = text.replace(JWT, MARK).replace(BEARER, `$1 ${MARK}`);
      scrubbed = scrubbed.replace(RUN, (run) => (holdsPart(run, parts) ? MARK : run));
      for (const value of values) {
        if (value.length < PART * 4 && scrubbed.includes(value)) scrubbed = scrubbed.replaceAll(value, MARK);
      }
      return scrubbed;
    },
  };
}

function partsOf(value: string): readonly string[] {
  return Array.from({ length: Math.max(0, value.length - PART + 1) }, (_, at) => value.slice(at, at + PART));
}

function holdsPart(run: string, parts: ReadonlyMap<string, number>): boolean {
  for (let at = 0; at + PART <= run.length; at += 1) {
    if (parts.has(run.slice(at, at + PART))) return true;
  }
  return false;
}

/** Plain, percent-encoded, JSON-escaped, hex, and base64 at each of the three offsets at which it can stand. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    // Drop the characters that depend on what stands before and after the value.
    const from = offset === 0 ? 0 : 4;
    const text = shifted.toString('base64').replace(/=+$/, '').slice(from, -1);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    ...base64,
  ];
}
