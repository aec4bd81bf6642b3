/**
 * Returns the value of a parameter that takes one of a few values. Undefined if it is absent. Throws for any other
 * value.
 */
import { cleanText } from '../../model/text.ts';
import { badParameter } from '../http/query.ts';

export function oneOf<T extends string>(
  query: ReadonlyMap<string, string>,
  name: string,
  values: readonly T[],
): T | undefined {
  const given = query.get(name);
  const value = values.find((one) => one === given);
  if (given === undefined || value !== undefined) return value;
  throw badParameter(name, `is "${cleanText(given, 40)}". Expected ${values.join(' or ')}.`);
}
