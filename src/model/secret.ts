/**
 * A value that must never be seen: printing, serialising or inspecting it shows `[redacted]`.
 * Only the code that sends it calls `reveal()`: `probe/token` (client secret) and `probe/protocol` (access token).
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
