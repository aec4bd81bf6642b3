/** Lines of the log as a person reads them on a terminal. Loaded by `serve` only there: it is a library of its own. */
import pretty from 'pino-pretty';

/** Formats one line of JSON. */
export const readableLine: (line: string) => string = pretty.prettyFactory({
  colorize: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'event',
});
