/**
 * The type of a row of `programs.ts` and `libraries.ts`: a program, the text by which it is recognized, and how to make
 * it log more.
 */
export interface Program {
  readonly name: string;
  /** In lower case. One hint is enough to recognize the program. With a `pattern`, the line must match it, too. */
  readonly hints: readonly string[];
  readonly pattern?: RegExp;
  /** How to make the program log more, as a sentence. */
  readonly log: string;
}
