/**
 * Keeps secrets out of every text that leaves the process: log lines, answers, pages, evidence, terminal output. Each
 * part that reads or receives a secret registers it, and every output calls `redact`. Secrets are found by value and
 * not by the name of a field, because servers echo what they receive and libraries put it into messages. The work is
 * linear in the length of the text.
 */
import { redactAnnounced } from './announced-secrets.ts';
import { createSecretForms, LONG } from './secret-forms.ts';
import { holdsWindow, holdsWindowInRun, WINDOW, type WindowTable } from './window-table.ts';

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
/**
 * A run of characters that can be part of a secret, a token or an encoding of either. The first alternative consumes a
 * JSON escape, so that the escape is not part of the run after it.
 */
const RUN = /\\(?:u[\da-f]{4}|.)|[\w.~+/=%-]{16,}/gi;
const IN_RUN = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w.~+/=%-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

export function createRedactor(): Redactor {
  /** Tokens are renewed hourly. They are kept apart, so that they do not displace what was configured. */
  const secrets = createSecretForms();
  const tokens = createSecretForms();
  let revision = 0;

  const tables = (): readonly WindowTable[] =>
    [...secrets.generations(), ...tokens.generations()].map(({ windows }) => windows);
  const holdsForm = (folded: string): boolean => {
    for (const { anywhere } of secrets.generations())
      for (const form of anywhere) if (folded.includes(form)) return true;
    return false;
  };
  /** Most runs hold no secret, so whole forms are searched only in a run that holds a window. */
  const redactRun = (run: string): string => {
    if (run.length < WINDOW || !holdsWindow(tables(), fold(run))) return run;
    const rest = secrets.generations().reduce((text, { inRuns }) => replaceForms(text, inRuns), run);
    return holdsWindow(tables(), fold(rest)) ? MARK : rest;
  };

  return {
    add: (value) => {
      const pool = value.length < LONG ? secrets : tokens;
      for (const form of formsOf(value)) if (pool.add(form)) revision += 1;
    },
    redact: (text) => {
      const folded = fold(text);
      const rest = holdsForm(folded)
        ? secrets.generations().reduce((left, { anywhere }) => replaceForms(left, anywhere), text)
        : text;
      const announced = redactAnnounced(rest, MARK);
      // Most texts hold no secret, and a copy of a long text is costly.
      return holdsWindowInRun(tables(), announced === text ? folded : fold(announced), IN_RUN)
        ? announced.replace(RUN, redactRun)
        : announced;
    },
    revision: () => revision,
    finds: (text) => {
      const folded = fold(text);
      return holdsWindow(tables(), folded) || holdsForm(folded);
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
