/**
 * All entries of a configuration that could be read, with or without errors. The checks that compare entries use them.
 */
import type { Checked } from './issues.ts';
import type { AppSettings, MailboxSettings, Settings } from './schema.ts';

export interface Entries {
  /** The top level. Keys that have errors may be missing in its value. */
  readonly settings: Checked<Settings>;
  readonly apps: readonly Checked<AppSettings>[];
  readonly mailboxes: readonly Checked<MailboxSettings>[];
}
