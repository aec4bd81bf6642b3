/** What a row of `programs.ts` and `libraries.ts` is: a program, its forms, and how it prints more. */
export interface Program {
  readonly name: string;
  /** Lower case: each names the program, unless a pattern decides. */
  readonly hints: readonly string[];
  readonly pattern?: RegExp;
  /** How to get its protocol log. */
  readonly log: string;
}
