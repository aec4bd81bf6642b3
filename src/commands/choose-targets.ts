/**
 * Chooses the targets that `check` probes: those of the named mailboxes and protocol, or all. Throws a `UsageError` for
 * an unknown mailbox, or if no target is left.
 */
import type { Config } from '../config/config.ts';
import { targetKey, type Target } from '../model/target.ts';
import { cleanText } from '../model/text.ts';
import type { CheckOptions } from './check-options.ts';
import { UsageError } from './command.ts';
import { nearest } from './command-line.ts';

export function chooseTargets(config: Config, options: CheckOptions): readonly Target[] {
  const known = config.mailboxes.map(({ id }) => id);
  const unknown = options.mailboxes.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
    throw new UsageError(`no mailbox has the id "${cleanText(unknown, 60)}".${hint}`);
  }
  const chosen = config.targets
    .filter(({ mailbox }) => options.mailboxes.length === 0 || options.mailboxes.includes(mailbox.id))
    .filter(({ protocol }) => options.protocol === undefined || options.protocol === protocol);
  if (chosen.length === 0) {
    throw new UsageError(`none of these mailboxes is configured for ${options.protocol}`);
  }
  return chosen.toSorted((a, b) => (targetKey(a) < targetKey(b) ? -1 : 1));
}
