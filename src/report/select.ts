/**
 * Selects mailboxes by the query: `?app=`, `?mailbox=`, `?up=`, `?label.team=quality`. Used by the API, by `/health`
 * and by the pages.
 */
import type { Confirmed, Problem, TargetStatus } from '../model/status.ts';
import type { Incident } from '../model/incident.ts';
import type { Mailbox } from '../model/target.ts';

/** A mailbox with its status over each protocol. */
export interface MailboxStatus {
  readonly mailbox: Mailbox;
  readonly targets: readonly TargetStatus[];
}

export interface Selection {
  readonly app?: string | undefined;
  readonly mailbox?: string | undefined;
  readonly state?: Confirmed | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

/** Groups the targets by mailbox. The targets of a mailbox must be adjacent, as they are in the configuration. */
export function mailboxesOf(targets: readonly TargetStatus[]): readonly MailboxStatus[] {
  const mailboxes: { mailbox: Mailbox; targets: TargetStatus[] }[] = [];
  let last: (typeof mailboxes)[number] | undefined;
  for (const status of targets) {
    const { mailbox } = status.target;
    if (last?.mailbox.id === mailbox.id) last.targets.push(status);
    else mailboxes.push((last = { mailbox, targets: [status] }));
  }
  return mailboxes;
}

/** If a mailbox is down over one protocol, it is down, because programs that use that protocol cannot read it. */
export function mailboxState({ targets }: MailboxStatus): Confirmed {
  if (targets.some(({ confirmed }) => confirmed === 'down')) return 'down';
  return targets.every(({ confirmed }) => confirmed === 'up') ? 'up' : 'unknown';
}

/** Selects targets before it groups them, because it is often called for one of ten thousand mailboxes. */
export function selectMailboxes(
  targets: readonly TargetStatus[],
  selection: Selection,
): readonly MailboxStatus[] {
  if (selectsAll(selection)) return mailboxesOf(targets);
  const { app, mailbox, state } = selection;
  const labels = [...selection.labels];
  const wanted = targets.filter(
    ({ target }) =>
      (app === undefined || target.mailbox.app === app) &&
      (mailbox === undefined || target.mailbox.id === mailbox) &&
      labels.every(([name, value]) => ownLabel(target.mailbox, name) === value),
  );
  return mailboxesOf(wanted).filter((status) => state === undefined || mailboxState(status) === state);
}

function ownLabel({ labels }: Mailbox, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

export function selectsAll({ app, mailbox, state, labels }: Selection): boolean {
  return app === undefined && mailbox === undefined && state === undefined && labels.size === 0;
}

/** Returns the problems that affect the selected mailboxes or the selected app. */
export function selectProblems(
  problems: readonly Problem[],
  selection: Selection,
  mailboxes: readonly MailboxStatus[],
): readonly Problem[] {
  if (selectsAll(selection)) return problems;
  const concerns = concernOf(selection, mailboxes);
  return problems.filter((problem) => concerns(problem, problem.affectedMailboxes));
}

/** Returns the incidents that affect the selected mailboxes or the selected app. */
export function selectIncidents(
  incidents: readonly Incident[],
  selection: Selection,
  mailboxes: readonly MailboxStatus[],
): readonly Incident[] {
  if (selectsAll(selection)) return incidents;
  const concerns = concernOf(selection, mailboxes);
  return incidents.filter((incident) =>
    concerns(
      incident,
      incident.affectedMailboxes.map(({ id }) => id),
    ),
  );
}

function concernOf(
  selection: Selection,
  mailboxes: readonly MailboxStatus[],
): (about: Pick<Problem, 'scope' | 'subject'>, affected: readonly string[]) => boolean {
  const ids = new Set(mailboxes.map(({ mailbox }) => mailbox.id));
  return ({ scope, subject }, affected) =>
    affected.some((id) => ids.has(id)) || (scope === 'app' && subject === selection.app);
}
