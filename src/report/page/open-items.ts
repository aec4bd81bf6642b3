/**
 * What is wrong now, for the lists on the pages: the open incidents, and the open problems that are not yet part of an
 * incident. Failures and advisories are separate lists. The worst item comes first.
 */
import type { Diagnosis, Severity } from '../../model/diagnosis.ts';
import type { Acknowledgement, Incident } from '../../model/incident.ts';
import type { Problem } from '../../model/status.ts';
import { incidentPath, problemPath } from '../page-path.ts';

export interface OpenItem {
  /** The path of the page of the incident or problem. */
  readonly href: string;
  readonly since: number;
  /** Ids of the mailboxes that are affected now. */
  readonly affected: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly diagnosis: Diagnosis;
  readonly isIntermittent: boolean;
  readonly acknowledgement?: Acknowledgement;
  /** Id of the maintenance window that the incident is in. */
  readonly maintenance?: string;
}

export interface OpenItems {
  readonly failures: readonly OpenItem[];
  /** Problems that do not keep a mailbox from working. */
  readonly advisories: readonly OpenItem[];
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

export function openItems(problems: readonly Problem[], incidents: readonly Incident[]): OpenItems {
  const open = incidents.filter(({ state }) => state !== 'closed');
  const known = new Set(open.map(({ problem }) => problem));
  const more = problems.filter(({ id }) => !known.has(id));
  return {
    failures: [
      ...open.filter(({ advisory }) => !advisory).map(itemOfIncident),
      ...more.filter((problem) => !isAdvisory(problem)).map(itemOfProblem),
    ].toSorted(worstFirst),
    advisories: [
      ...open.filter(({ advisory }) => advisory).map(itemOfIncident),
      ...more.filter(isAdvisory).map(itemOfProblem),
    ].toSorted(worstFirst),
  };
}

function worstFirst(a: OpenItem, b: OpenItem): number {
  return (
    SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
    b.affected.length - a.affected.length ||
    b.since - a.since
  );
}

function isAdvisory({ severity, affectedMailboxes }: Problem): boolean {
  return severity === 'info' || affectedMailboxes.length === 0;
}

export function itemOfIncident(incident: Incident): OpenItem {
  const { id, opened, affectedMailboxes, title, severity, diagnosis, state } = incident;
  return {
    href: incidentPath(id),
    since: opened,
    affected: affectedMailboxes.flatMap((one) => (one.until === undefined ? one.id : [])),
    title,
    severity,
    diagnosis,
    isIntermittent: state === 'intermittent',
    ...(incident.acknowledgement === undefined ? {} : { acknowledgement: incident.acknowledgement }),
    ...(incident.maintenance === undefined ? {} : { maintenance: incident.maintenance }),
  };
}

export function itemOfProblem(problem: Problem): OpenItem {
  return {
    href: problemPath(problem.id),
    since: problem.since,
    affected: problem.affectedMailboxes,
    title: problem.title,
    severity: problem.severity,
    diagnosis: problem,
    isIntermittent: false,
  };
}
