/** Is a diagnosis of something that still works worth an exit code of 1? `check` asks. */
import { CAUSES } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { RULES } from './rules.ts';

const EARLY: ReadonlySet<string> = new Set(CAUSES.filter((cause) => RULES[cause].warnsEarly === true));

/** Whatever its severity, an end date that nears is: the rule says so. */
export function isWarning({
  severity,
  cause,
}: Pick<Diagnosis, 'severity'> & { readonly cause: string }): boolean {
  return severity !== 'info' || EARLY.has(cause);
}
