/** The type of a row of `programs.ts` and `libraries.ts`. */
export interface Program {
  readonly name: string;
  /**
   * Words in lower case. One of them is enough to recognize the program. If there is a `pattern`, the line must match
   * it, too.
   */
  readonly hints: readonly string[];
  readonly pattern?: RegExp;
  /** A sentence that says how to make the program log more. */
  readonly log: string;
}
