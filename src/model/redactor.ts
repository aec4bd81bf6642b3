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
  /** Does the text hold a registered value, whole or in part? For readings of a text that are not shown themselves. */
  readonly finds: (text: string) => boolean;
}

const MARK = '[redacted]';
const SHORTEST = 8;
/** A text is recognised by windows of this many characters of a registered value. */
const WINDOW = 16;
/** Long values (tokens) are indexed at every eighth character only: an echo of 23 characters is still caught. */
const LONG = 128;
const LONG_STRIDE = 8;
/** Tokens are renewed hourly: the values used least recently are forgotten beyond this many windows. */
const MOST_WINDOWS = 1_000_000;

const JWT = /eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g;
const BEARER = /\b(bearer)(\s+|%20|\+)[\w.~+/=-]{8,}/gi;
/** Runs of characters that a secret, a token or an encoding of either is made of. */
const RUN = /[\w.~+/=%-]{16,}/g;

export function createRedactor(): Redactor {
  /** Every registered form, the least recently registered first. */
  const forms = new Set<string>();
  /** Forms that are replaced by plain search: short, or with characters that end a run. */
  const literals = new Set<string>();
  const windows = new Map<string, number>();

  const remember = (form: string): void => {
    if (form.length < SHORTEST) return;
    const known = forms.delete(form);
    forms.add(form);
    if (known) return;
    if (form.length < LONG) literals.add(form);
    for (const window of windowsOf(form)) windows.set(window, (windows.get(window) ?? 0) + 1);
  };

  const forget = (form: string): void => {
    forms.delete(form);
    literals.delete(form);
    for (const window of windowsOf(form)) {
      const count = (windows.get(window) ?? 1) - 1;
      if (count === 0) windows.delete(window);
      else windows.set(window, count);
    }
  };

  return {
    add: (value) => {
      for (const form of formsOf(value)) remember(form);
      for (const oldest of forms) {
        if (windows.size <= MOST_WINDOWS) break;
        forget(oldest);
      }
    },
    scrub: (text) => {
      let scrubbed = text.replace(JWT, MARK).replace(BEARER, `$1 ${MARK}`);
      for (const literal of literals) {
        if (scrubbed.includes(literal)) scrubbed = scrubbed.replaceAll(literal, MARK);
      }
      return windows.size === 0
        ? scrubbed
        : scrubbed.replace(RUN, (run) => (holdsWindow(run, windows) ? MARK : run));
    },
    finds: (text) =>
      (windows.size > 0 && holdsWindow(text, windows)) || [...literals].some((form) => text.includes(form)),
  };
}

function windowsOf(form: string): readonly string[] {
  const stride = form.length < LONG ? 1 : LONG_STRIDE;
  const count = Math.max(0, Math.floor((form.length - WINDOW) / stride) + 1);
  return Array.from({ length: count }, (_, index) => form.slice(index * stride, index * stride + WINDOW));
}

function holdsWindow(run: string, windows: ReadonlyMap<string, number>): boolean {
  for (let at = 0; at + WINDOW <= run.length; at += 1) {
    if (windows.has(run.slice(at, at + WINDOW))) return true;
  }
  return false;
}

/** Plain, percent-encoded, JSON-escaped, hex (of short values), and base64 at each of the three offsets at which it can stand. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    // Drop the characters that depend on what stands before and after the value.
    const from = offset === 0 ? 0 : 4;
    const text = shifted.toString('base64').replace(/=+$/, '').slice(from, -1);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const short = value.length < LONG ? [bytes.toString('hex')] : [];
  return [
    ...new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...short, ...base64]),
  ];
}
