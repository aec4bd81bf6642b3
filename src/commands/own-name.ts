/**
 * Returns the name by which this program was started, for printed commands. If npm started the program, `mailprobe`
 * alone is perhaps not in PATH. Pure.
 */
import type { CommandIo } from './command.ts';

/** npm sets `npm_command` for `npx` and `npm run`. */
export function ownName({ env }: Pick<CommandIo, 'env'>): string {
  return env['npm_command'] === undefined ? 'mailprobe' : 'npx mailprobe';
}
