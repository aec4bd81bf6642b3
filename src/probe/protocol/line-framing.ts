/**
 * Splits the bytes of a mail server into lines, and limits how much the server may send in place of an answer. Used by
 * the line reader. Pure.
 */
const LONGEST_LINE = 64 * 1024;
/** The limits for one answer. Counting starts again with the next answer. */
const MOST_BYTES = 1024 * 1024;
const MOST_LINES = 1000;

export interface LineFraming {
  /** Begins to count for the next answer. */
  readonly restart: () => void;
  readonly add: (chunk: Buffer) => Framed;
  /** Returns the beginning of a line whose end has not arrived. */
  readonly rest: () => string;
}

export type Framed =
  /**
   * `lines`: the lines that this chunk completes. `beginning`: an incomplete line that begins in this chunk. Each
   * character stands for one byte.
   */
  | { readonly lines: readonly string[]; readonly beginning?: string }
  /** Names the limit that was exceeded. A phrase such as "instead of the greeting" follows it. */
  | { readonly tooMuch: string };

export function createLineFraming(): LineFraming {
  let bytes = 0;
  let count = 0;
  let rest = '';
  return {
    restart: () => {
      bytes = 0;
      count = 0;
    },
    add: (chunk) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) return { tooMuch: `More than ${MOST_BYTES} bytes` };
      const text = chunk.toString('latin1');
      const atStart = rest === '';
      const lines = text.includes('\n') ? (rest + text).split('\n') : [];
      rest = lines.pop() ?? rest + text;
      count += lines.length;
      if (count > MOST_LINES) return { tooMuch: `More than ${MOST_LINES} lines` };
      if ([rest, ...lines].some((line) => line.length > LONGEST_LINE))
        return { tooMuch: `A line of more than ${LONGEST_LINE} bytes` };
      const begins = (atStart || lines.length > 0) && rest !== '';
      return {
        lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)),
        ...(begins ? { beginning: rest } : {}),
      };
    },
    rest: () => rest,
  };
}
