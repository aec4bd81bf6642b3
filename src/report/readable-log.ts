/**
 * Formats lines of the log for a person on a terminal. `serve` imports this file only if its output is a terminal,
 * because it needs an additional library.
 */
import pretty from 'pino-pretty';

export const readableLine: (line: string) => string = pretty.prettyFactory({
  colorize: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'event',
});
