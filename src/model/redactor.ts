/**
 * Keeps secrets out of every text that leaves the process: log lines, answers, pages, evidence, terminal output. Each
 * part that reads or receives a secret registers it, and every output calls `redact`. Secrets are found by value and
 * not by the name of a field, because servers echo what they receive and libraries put it into messages. The work is
 * linear in the length of the text.
 */
import { redactAnnounced } from './announced-secrets.ts';

export interface Redactor {
  /** Registers a value. Its encodings are redacted, too. A value or an encoding with under 8 characters is ignored. */
  readonly add: (value: string) => void;
  /**
   * Replaces every registered value with `[redacted]`, whole or in part, in any case. Does the same to every value that
   * the text marks as a secret, and to every text in the form of a JWT. Valid JSON stays valid JSON.
   */
  readonly redact: (text: string) => string;
  /**
   * Whether the text holds a registered value, whole or in part. Used to check the decoded copy of a text, which is not
   * shown.
   */
  readonly finds: (text: string) => boolean;
  /** Changes with every new value. A text that was redacted at an earlier revision may still hold the new value. */
  readonly revision: () => number;
}

const MARK = '[redacted]';
const SHORTEST = 8;
/** A value is recognized by any part of this many characters. Such a part is called a window. */
const WINDOW = 16;
/**
 * A form is a value in one of its encodings. Of a form with this length or more, such as a token, only every eighth
 * window is kept. So a copied part of 23 characters always contains a kept window.
 */
const LONG = 128;
const LONG_STRIDE = 8;
/**
 * The most windows that are kept of one form. In a longer form, the kept windows are further apart. A token of Entra
 * needs a tenth of this number.
 */
const MOST_WINDOWS_OF_FORM = 2048;
/**
 * The limits for all forms together. Values accumulate, because tokens are renewed hourly. Above a limit, the least
 * recently registered forms are forgotten.
 */
const MOST_WINDOWS = 1_000_000;
const MOST_FORMS = 100_000;

/**
 * A run of characters that can be part of a secret, a token or an encoding of either. The first alternative consumes a
 * JSON escape, so that the escape is not part of the run after it.
 */
const RUN = /\\(?:u[\da-f]{4}|.)|[\w.~+/=%-]{16,}/gi;
const ONLY_RUN = /^[\w.~+/=%-]{16,}$/;

export function createRedactor(): Redactor {
  /** Every registered form, in lower case, the least recently registered first. */
  const forms = new Set<string>();
  /** Forms shorter than `LONG`, searched as a whole: those that are one run (`inRuns`), and all others (`anywhere`). */
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

  /** Most runs hold no secret, so whole forms are searched only in a run that holds a window. */
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

/** Returns the text in lower case. Each character stays one character, so offsets stay the same. */
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

/**
 * Returns the forms of a value in lower case: plain, percent-encoded (as in a URL and as in a form), JSON-escaped, hex
 * (of short values), and base64 at each of its three possible offsets.
 */
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
