/**
 * A value that must never be shown: printing, serializing or inspecting it yields `[redacted]`.
 * Only the code that sends it calls `reveal()`: `probe/token` (client secret), `probe/protocol` and `probe/credential`
 * (access token); and `probe/credential/match.ts`, which compares a secret with what is registered.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
