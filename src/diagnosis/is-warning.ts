/** Is a diagnosis of something that still works worth an exit code of 1? `check` asks. */
import type { Diagnosis } from '../model/diagnosis.ts';
import { RULES } from './rules.ts';

/** Whatever its severity, an end date that nears is: the rule says so. */
export function isWarning({ severity, cause }: Diagnosis): boolean {
  return severity !== 'info' || RULES[cause].warnsEarly === true;
}
