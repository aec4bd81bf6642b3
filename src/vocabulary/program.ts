/**
 * The type of a row of `programs.ts` and `libraries.ts`: a program, the text by which it is recognized, and how to make
 * it log more.
 */
export interface Program {
  readonly name: string;
  /** In lower case. A hint alone names the program, unless there is a pattern. */
  readonly hints: readonly string[];
  readonly pattern?: RegExp;
  /** How to switch on its protocol log. */
  readonly log: string;
}
