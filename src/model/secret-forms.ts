/**
 * Remembers the forms of secrets. A form is a value in one of its encodings, in lower case. If there are too many, the
 * oldest are forgotten: forms are added to the current generation, and when it is full, the generation before it is
 * dropped and a new one begins. Used by the redactor.
 */
import { createWindowTable, WINDOW, type WindowTable } from './window-table.ts';

export interface Generation {
  /** A form is recognized by any part of `WINDOW` characters. Such a part is called a window. */
  readonly windows: WindowTable;
  /** Forms shorter than `LONG` are also kept as a whole: those that consist of characters of a run, and all others. */
  readonly inRuns: ReadonlySet<string>;
  readonly anywhere: ReadonlySet<string>;
}

export interface SecretForms {
  /** Returns false if the current generation has the form. */
  readonly add: (form: string) => boolean;
  readonly generations: () => readonly Generation[];
}

const SHORTEST = 8;
/** Of a form with this length or more, only every eighth window is kept. So 23 characters always contain a kept one. */
export const LONG = 128;
const LONG_STRIDE = 8;
/**
 * The most windows that are kept of one form. In a longer form, the kept windows are further apart. A token of Entra
 * needs a tenth of this number.
 */
const MOST_WINDOWS_OF_FORM = 2048;
/** The limits of a generation. With this many windows its table takes 8 MB, and three quarters of the table are full. */
const MOST_WINDOWS = 750_000;
const MOST_FORMS = 100_000;

const ONLY_RUN = /^[\w.~+/=%-]{16,}$/;

export function createSecretForms(): SecretForms {
  let current = createGeneration();
  let generations: readonly Generation[] = [current];

  return {
    add(form) {
      if (form.length < SHORTEST) return false;
      const isNew = addTo(current, form);
      if (isFull(current)) {
        const full = current;
        current = createGeneration();
        generations = [current, full];
      }
      return isNew;
    },
    generations: () => generations,
  };
}

interface OpenGeneration extends Generation {
  readonly inRuns: Set<string>;
  readonly anywhere: Set<string>;
}

function createGeneration(): OpenGeneration {
  return { windows: createWindowTable(), inRuns: new Set(), anywhere: new Set() };
}

function isFull({ windows, inRuns, anywhere }: Generation): boolean {
  return windows.size() >= MOST_WINDOWS || inRuns.size + anywhere.size >= MOST_FORMS;
}

function addTo({ windows, inRuns, anywhere }: OpenGeneration, form: string): boolean {
  const literals = ONLY_RUN.test(form) ? inRuns : anywhere;
  let isNew = form.length < LONG && !literals.has(form);
  if (isNew) literals.add(form);
  for (const window of windowsOf(form)) isNew = windows.add(window) || isNew;
  return isNew;
}

function windowsOf(form: string): readonly string[] {
  const stride =
    form.length < LONG ? 1 : Math.max(LONG_STRIDE, Math.ceil(form.length / MOST_WINDOWS_OF_FORM));
  const count = Math.max(0, Math.floor((form.length - WINDOW) / stride) + 1);
  return Array.from({ length: count }, (_, index) => form.slice(index * stride, index * stride + WINDOW));
}
