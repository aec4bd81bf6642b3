/** What `explain` makes of what real programs print, each in a state whose cause is known. */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import { CONFIDENCES } from '../../src/model/diagnosis.ts';
import type { ClientCase } from '../cases/clients/client-case.ts';
import { FOREIGN_OUTPUTS } from '../cases/clients/foreign-outputs.ts';
import { MAIL_OUTPUTS } from '../cases/clients/mail-outputs.ts';
import { NETWORK_OUTPUTS } from '../cases/clients/network-outputs.ts';
import { TOKEN_OUTPUTS } from '../cases/clients/token-outputs.ts';
import { PASTED_AT } from '../cases/text-case.ts';

const CASES: readonly ClientCase[] = [
  ...MAIL_OUTPUTS,
  ...NETWORK_OUTPUTS,
  ...TOKEN_OUTPUTS,
  ...FOREIGN_OUTPUTS,
];

describe('explain knows', () => {
  test.each(CASES)('$name', ({ text, first, among, never = [], atMost }) => {
    const diagnoses = explain(text, PASTED_AT);
    const causes = diagnoses.map(({ cause }) => cause);
    const surest = atMost === undefined ? 0 : CONFIDENCES.indexOf(atMost);
    expect({
      first: first === undefined || [first].flat().some((cause) => cause === causes[0]) ? first : causes[0],
      claimed: first === undefined && among === undefined ? causes : [],
      missing: (among ?? []).filter((cause) => !causes.includes(cause)),
      wrong: causes.filter((cause) => never.includes(cause)),
      surer: diagnoses
        .filter(({ confidence }) => CONFIDENCES.indexOf(confidence) < surest)
        .map(({ cause }) => cause),
    }).toEqual({ first, claimed: [], missing: [], wrong: [], surer: [] });
  });
});
