/** What `explain` makes of public threads: the cause found in the end comes first, or is among the candidates. */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import { PASTED_AT } from '../cases/text-case.ts';
import { MAIL_THREADS } from '../cases/threads/mail-threads.ts';
import { NETWORK_THREADS } from '../cases/threads/network-threads.ts';
import { FOREIGN_TEXTS } from '../cases/threads/foreign-texts.ts';
import { NOISE } from '../cases/threads/noise.ts';
import { SECOND_SAMPLE } from '../cases/threads/second-sample.ts';
import { TOKEN_THREADS } from '../cases/threads/token-threads.ts';

const THREADS = [...TOKEN_THREADS, ...MAIL_THREADS, ...NETWORK_THREADS, ...SECOND_SAMPLE];
const DECISIVE = THREADS.filter(({ found, decisive }) => found !== undefined && decisive);
const SILENT = THREADS.filter(({ found, decisive }) => found !== undefined && !decisive);
const FOREIGN = THREADS.filter(({ found }) => found === undefined);

describe('the cause comes first, given', () => {
  test.each(DECISIVE)('$name', ({ text, found, also = [] }) => {
    const causes = explain(text, PASTED_AT).map(({ cause }) => cause);
    expect(causes[0]).toBe(found);
    expect(causes).toEqual(expect.arrayContaining([...also]));
  });
});

describe('the cause is among the candidates and nothing is certain, given', () => {
  test.each(SILENT)('$name', ({ text, found }) => {
    const diagnoses = explain(text, PASTED_AT);
    expect(diagnoses.map(({ cause }) => cause)).toContain(found);
    expect(diagnoses.filter(({ confidence }) => confidence === 'certain')).toEqual([]);
  });
});

describe('no cause is claimed with certainty, given', () => {
  test.each(FOREIGN)('$name', ({ text }) => {
    const certain = explain(text, PASTED_AT).filter(({ confidence }) => confidence === 'certain');
    expect(certain).toEqual([]);
  });
});

describe('nothing at all is claimed of', () => {
  test.each(FOREIGN_TEXTS)('$name', ({ text }) => {
    expect(explain(text, PASTED_AT)).toEqual([]);
  });
});

describe('noise is not mistaken, given', () => {
  test.each(NOISE)('$name', ({ text, may = [] }) => {
    const diagnoses = explain(text, PASTED_AT);
    expect(diagnoses.map(({ cause }) => cause).filter((cause) => !may.includes(cause))).toEqual([]);
    expect(diagnoses.filter(({ confidence }) => confidence === 'certain')).toEqual([]);
  });
});
