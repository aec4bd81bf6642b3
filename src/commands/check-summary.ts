/** Renders the sentence that sums up `check`, and groups its causes with the mailboxes that they affect. Pure. */
import { EXIT } from './command.ts';
import {
  exitCodeOfDays,
  exitCodeOfTarget,
  type CheckedTarget,
  type CheckResult,
  type ShownDiagnosis,
  type Thresholds,
} from './check-result.ts';

/** One cause with the mailboxes that it affects. */
export interface CauseGroup {
  readonly leader: ShownDiagnosis;
  /** Other causes that fit the same failure. */
  readonly alternatives: readonly ShownDiagnosis[];
  readonly targets: readonly CheckedTarget[];
}

/**
 * Groups the diagnoses by cause, in the order of the mailboxes. The causes of mailboxes that do not open come first.
 */
export function groupCauses(targets: readonly CheckedTarget[]): readonly CauseGroup[] {
  const groups = new Map<string, { group: Omit<CauseGroup, 'targets'>; targets: CheckedTarget[] }>();
  const ordered = [
    ...targets.filter(({ state }) => state !== 'open'),
    ...targets.filter(({ state }) => state === 'open'),
  ];
  for (const target of ordered) {
    for (const leader of target.diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined)) {
      const key = `${leader.cause} ${leader.subject} ${leader.title}`;
      const known = groups.get(key);
      if (known !== undefined) {
        known.targets.push(target);
        continue;
      }
      const alternatives = target.diagnoses.filter(({ alternativeTo }) => alternativeTo === leader.cause);
      groups.set(key, { group: { leader, alternatives }, targets: [target] });
    }
  }
  return Array.from(groups.values(), ({ group, targets: hit }) => ({ ...group, targets: hit }));
}

export interface MailboxCounts {
  readonly all: number;
  readonly open: number;
  readonly down: number;
  readonly unknown: number;
}

/** Counts the mailboxes by state. A mailbox counts in the state of its worst protocol. */
export function countMailboxes(targets: readonly CheckedTarget[]): MailboxCounts {
  const states = [...Map.groupBy(targets, ({ mailbox }) => mailbox).values()].map((own) => {
    const isAny = (wanted: CheckedTarget['state']): boolean => own.some(({ state }) => state === wanted);
    return isAny('down') ? 'down' : isAny('unknown') ? 'unknown' : 'open';
  });
  const count = (wanted: CheckedTarget['state']): number => states.filter((state) => state === wanted).length;
  return { all: states.length, open: count('open'), down: count('down'), unknown: count('unknown') };
}

/** Returns the summary without its full stop: `10 of 15 mailboxes down: 8 causes, 1 unknown, 1 warning`. */
export function summarize({ targets, credentials }: CheckResult, thresholds: Thresholds = {}): string {
  const { all, down, unknown } = countMailboxes(targets);
  const causes = groupCauses(targets.filter(({ state }) => state === 'down'));
  const names = new Set(causes.map(({ leader }) => `${leader.cause} ${leader.subject}`));
  const warnings = [
    ...groupCauses(targets.filter((target) => exitCodeOfTarget(target, thresholds) === EXIT.warning)),
    ...credentials.filter((credential) => exitCodeOfDays(credential, thresholds) !== EXIT.ok),
  ].length;
  return [
    ...(down === 0 ? [] : [`${part(down, all, 'down')}: ${counted(names.size, 'cause', 'causes')}`]),
    ...(unknown === 0 ? [] : [down === 0 ? part(unknown, all, 'unknown') : `${unknown} unknown`]),
    ...(down + unknown === 0 ? [all === 1 ? 'The mailbox opens' : `All ${all} mailboxes open`] : []),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning', 'warnings')]),
  ].join(', ');
}

function part(count: number, all: number, state: string): string {
  return all === 1 ? `The mailbox is ${state}` : `${count} of ${all} mailboxes ${state}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
