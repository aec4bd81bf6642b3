/**
 * Lines of the log as a person reads them on a terminal. `serve` loads it only if its output is a terminal, because it
 * needs an extra library.
 */
import pretty from 'pino-pretty';

/** Formats one line of JSON. */
export const readableLine: (line: string) => string = pretty.prettyFactory({
  colorize: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'event',
});
