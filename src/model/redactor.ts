/**
 * Keeps secrets out of every text that leaves the process: log lines, answers, pages, evidence, terminal output.
 * `probe/` registers every secret that it reads or receives; every output calls `redact`. It works by value and not by
 * the name of a field, because servers echo what they receive and libraries put it into messages. Values that the text
 * itself marks as secret are redacted, too. The work is linear in the text.
 */
import { redactAnnounced } from './announced-secrets.ts';

export interface Redactor {
  /** Registers a value, and the encodings in which it is sent. Short values (under 8 characters) are ignored. */
  readonly add: (value: string) => void;
  /**
   * The text without any registered value, whole or in part, in upper or lower case, and without any value that is
   * marked as a secret or has the form of a JWT. JSON stays JSON.
   */
  readonly redact: (text: string) => string;
  /**
   * Does the text hold a registered value, whole or in part? Used for decoded forms of a text, which are never shown.
   */
  readonly finds: (text: string) => boolean;
  /** Changes with every new value. A text that was redacted at an earlier revision may hold that value. */
  readonly revision: () => number;
}

const MARK = '[redacted]';
const SHORTEST = 8;
/** A registered value is recognized by windows of this many characters. */
const WINDOW = 16;
/** Long values (tokens) are indexed at every eighth character only: an echo of 23 characters is still caught. */
const LONG = 128;
const LONG_STRIDE = 8;
/** Most windows of one form. A token of Entra has a tenth of this number. A longer value is indexed less densely. */
const MOST_WINDOWS_OF_FORM = 2048;
/**
 * Tokens are renewed hourly, so values accumulate. Beyond this many windows or forms, the least recently used values
 * are forgotten.
 */
const MOST_WINDOWS = 1_000_000;
const MOST_FORMS = 100_000;

/**
 * Runs of characters that can be part of a secret, a token or an encoding of either. A JSON escape before a run is not
 * part of it.
 */
const RUN = /\\(?:u[\da-f]{4}|.)|[\w.~+/=%-]{16,}/gi;
const ONLY_RUN = /^[\w.~+/=%-]{16,}$/;

export function createRedactor(): Redactor {
  /** Every registered form, in lower case, the least recently registered first. */
  const forms = new Set<string>();
  /** Short forms, which are replaced exactly: `inRuns` lie within one run, `anywhere` may not. */
  const literals = { inRuns: new Set<string>(), anywhere: new Set<string>() };
  const windows = new Map<string, number>();
  let revision = 0;

  const remember = (form: string): void => {
    if (form.length < SHORTEST) return;
    const known = forms.delete(form);
    forms.add(form);
    if (known) return;
    revision += 1;
    if (form.length < LONG) literals[ONLY_RUN.test(form) ? 'inRuns' : 'anywhere'].add(form);
    for (const window of windowsOf(form)) windows.set(window, (windows.get(window) ?? 0) + 1);
  };

  const forget = (form: string): void => {
    forms.delete(form);
    literals.inRuns.delete(form);
    literals.anywhere.delete(form);
    for (const window of windowsOf(form)) {
      const count = (windows.get(window) ?? 1) - 1;
      if (count === 0) windows.delete(window);
      else windows.set(window, count);
    }
  };

  /** Most runs hold no secret: only one that does is searched for each form. */
  const redactRun = (run: string): string => {
    if (run.length < WINDOW || !holdsWindow(fold(run), windows)) return run;
    const rest = replaceForms(run, literals.inRuns);
    return holdsWindow(fold(rest), windows) ? MARK : rest;
  };

  return {
    add: (value) => {
      for (const form of formsOf(value)) remember(form);
      for (const oldest of forms) {
        if (windows.size <= MOST_WINDOWS && forms.size <= MOST_FORMS) break;
        forget(oldest);
      }
    },
    redact: (text) => {
      const announced = redactAnnounced(replaceForms(text, literals.anywhere), MARK);
      return windows.size === 0 ? announced : announced.replace(RUN, redactRun);
    },
    revision: () => revision,
    finds: (text) => {
      const folded = fold(text);
      return (
        (windows.size > 0 && holdsWindow(folded, windows)) ||
        [...literals.anywhere].some((form) => folded.includes(form))
      );
    },
  };
}

/** Lower case, character by character: no position changes. */
function fold(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase().replaceAll('\u03C2', '\u03C3');
}

function replaceForms(text: string, forms: ReadonlySet<string>): string {
  if (forms.size === 0) return text;
  let rest = text;
  let folded = fold(text);
  for (const form of forms) {
    if (!folded.includes(form)) continue;
    rest = replaceForm(rest, folded, form);
    folded = fold(rest);
  }
  return rest;
}

function replaceForm(text: string, folded: string, form: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = folded.indexOf(form); at !== -1; at = folded.indexOf(form, from)) {
    parts.push(text.slice(from, at));
    from = at + form.length;
  }
  return [...parts, text.slice(from)].join(MARK);
}

function windowsOf(form: string): readonly string[] {
  const stride =
    form.length < LONG ? 1 : Math.max(LONG_STRIDE, Math.ceil(form.length / MOST_WINDOWS_OF_FORM));
  const count = Math.max(0, Math.floor((form.length - WINDOW) / stride) + 1);
  return Array.from({ length: count }, (_, index) => form.slice(index * stride, index * stride + WINDOW));
}

function holdsWindow(run: string, windows: ReadonlyMap<string, number>): boolean {
  for (let at = 0; at + WINDOW <= run.length; at += 1) {
    if (windows.has(run.slice(at, at + WINDOW))) return true;
  }
  return false;
}

/** In lower case: plain, percent-encoded (of a URL, of a form), JSON-escaped, hex (of short values), and base64 at each of the three offsets at which it can stand. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    // Drop the characters that depend on the bytes before and after the value.
    const from = offset === 0 ? 0 : 4;
    const text = shifted
      .toString('base64')
      .replace(/(?<!=)=+$/, '')
      .slice(from, -1);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const short = value.length < LONG ? [bytes.toString('hex')] : [];
  const percent = [
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams({ v: value }).toString().slice(2),
  ];
  const all = [value, ...percent, JSON.stringify(value).slice(1, -1), ...short, ...base64];
  return [...new Set(all.map(fold))];
}
