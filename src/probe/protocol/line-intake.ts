/**
 * Turns the bytes of a mail server into lines of the queue. Ends the dialogue at the first line that has another form
 * than the conversation expects, or if the server sends too much. Used by line-reader.ts.
 */
import type { Failure } from '../../model/failure.ts';
import type { Trace } from '../../model/trace.ts';
import { createLineFraming } from './line-framing.ts';
import type { LineQueue } from './line-queue.ts';
import { notOfTheProtocol } from './refusal.ts';
import type { Sanitize } from './server-text.ts';

/** What the conversation waits for next. */
export interface Expectation {
  /** Completes the phrase "while waiting for". */
  readonly what: string;
  /** The first character of a line must match, so that an invalid line is recognized before its end. */
  readonly begins: RegExp;
  /** Replaces `begins` for the lines after the first one, if their form differs. */
  readonly further?: RegExp;
}

export interface LineIntake {
  /** Begins to wait for an answer. The limits of an answer count from here. */
  readonly expect: (expectation: Expectation) => void;
  /** Returns what the conversation waits for. */
  readonly expected: () => string;
  readonly add: (chunk: Buffer) => void;
  /** Returns a line, or the beginning of one, that has arrived but was not read yet. Undefined if there is none. */
  readonly unread: () => string | undefined;
}

export interface IntakeParts {
  readonly queue: LineQueue;
  readonly fail: (failure: Failure) => void;
  readonly sanitize: Sanitize;
  readonly trace?: Trace | undefined;
}

export function createLineIntake({ queue, fail, sanitize, trace }: IntakeParts): LineIntake {
  const framing = createLineFraming();
  let expected: Expectation = { what: 'the greeting', begins: /./ };
  let begins = expected.begins;

  const check = (line: string): boolean => {
    const fits = begins.test(line);
    if (!fits) fail(notOfTheProtocol(line, expected.what, sanitize));
    return fits;
  };
  const take = (line: string): void => {
    trace?.note('server', sanitize(line));
    if (!check(line)) return;
    begins = expected.further ?? begins;
    queue.push(line);
  };

  return {
    expect: (expectation) => {
      expected = expectation;
      begins = expectation.begins;
      framing.restart();
    },
    expected: () => expected.what,
    add: (chunk) => {
      const framed = framing.add(chunk);
      if ('tooMuch' in framed) {
        fail({ kind: 'protocol', code: 'flood', text: `${framed.tooMuch} instead of ${expected.what}.` });
        return;
      }
      for (const line of framed.lines) {
        if (queue.failure() !== undefined) return;
        take(line);
      }
      if (framed.beginning !== undefined) check(framed.beginning);
    },
    unread: () => queue.first() ?? (framing.rest() === '' ? undefined : framing.rest()),
  };
}
