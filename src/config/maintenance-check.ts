/**
 * Checks maintenance windows against the rest of the file. Reports duplicate ids, unknown apps and unknown mailboxes.
 */
import type { Entries } from './entries.ts';
import type { Checked } from './issues.ts';
import type { ConfigError } from './config-error.ts';
import { didYouMean, shown } from './shown.ts';
import { valueAt } from './walk.ts';

export function checkMaintenance({ settings, apps, mailboxes }: Entries): readonly ConfigError[] {
  const windows = settings.value?.maintenance ?? [];
  const known = { apps: idsOf(apps), mailboxes: idsOf(mailboxes) };
  const seen = new Set<string>();
  return windows.flatMap((window, at) => {
    const errors: ConfigError[] = [];
    if (seen.has(window.id)) {
      const message = `expected a unique id, got ${shown(window.id)}, which another window already has`;
      errors.push(settings.file.error(['maintenance', at, 'id'], { code: 'duplicate-window-id', message }));
    }
    seen.add(window.id);
    for (const key of ['apps', 'mailboxes'] as const) {
      const ids = known[key];
      if (ids === undefined) continue;
      for (const [index, id] of (window[key] ?? []).entries()) {
        if (ids.has(id)) continue;
        const what = key === 'apps' ? 'app' : 'mailbox';
        const hint = didYouMean(id, ids);
        const message = `expected the id of ${what === 'app' ? 'an app' : 'a mailbox'} of this configuration, got ${shown(id)}`;
        const fault = { code: `unknown-${what}`, message, ...(hint === undefined ? {} : { hint }) };
        errors.push(settings.file.error(['maintenance', at, key, index], fault));
      }
    }
    return errors;
  });
}

/**
 * Returns the ids of the entries. Undefined if there are none, or if an entry has no readable id, because a window may
 * mean this entry.
 */
function idsOf(entries: readonly Checked<unknown>[]): ReadonlySet<string> | undefined {
  const ids = entries.map(({ raw }) => valueAt(raw, ['id']));
  const texts = ids.filter((id) => typeof id === 'string');
  return texts.length < ids.length || texts.length === 0 ? undefined : new Set(texts);
}
