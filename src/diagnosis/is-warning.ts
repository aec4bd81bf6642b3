/** Does a diagnosis of a working target make `check` exit with 1? */
import { CAUSES } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { RULES } from './rules.ts';

const EARLY: ReadonlySet<string> = new Set(CAUSES.filter((cause) => RULES[cause].warnsEarly === true));

/** An approaching end date is a warning at any severity, because its rule sets `warnsEarly`. */
export function isWarning({
  severity,
  cause,
}: Pick<Diagnosis, 'severity'> & { readonly cause: string }): boolean {
  return severity !== 'info' || EARLY.has(cause);
}
