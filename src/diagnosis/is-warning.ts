/** Decides whether a diagnosis of a working target makes `check` exit with 1. */
import { CAUSES } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { RULES } from './rules.ts';

const EARLY: ReadonlySet<string> = new Set(CAUSES.filter((cause) => RULES[cause].warnsEarly === true));

/** Whether the severity is above `info`, or the rule sets `warnsEarly`, as rules about end dates do. */
export function isWarning({
  severity,
  cause,
}: Pick<Diagnosis, 'severity'> & { readonly cause: string }): boolean {
  return severity !== 'info' || EARLY.has(cause);
}
