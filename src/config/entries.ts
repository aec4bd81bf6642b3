/** Everything of a configuration that could be read, problems or not: what the checks across entries are given. */
import type { Checked } from './issues.ts';
import type { AppSettings, MailboxSettings, Settings } from './schema.ts';

export interface Entries {
  /** Its value may lack what has problems. */
  readonly settings: Checked<Settings>;
  readonly apps: readonly Checked<AppSettings>[];
  readonly mailboxes: readonly Checked<MailboxSettings>[];
}
