import { beforeAll, expect, test } from 'vitest';
import { superLinear } from '../support/linear.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { type SourceExpression, sourceExpressions } from '../support/source-expressions.ts';

/** Every expression of the source takes time in proportion to the text, whatever the text. */
let expressions: readonly SourceExpression[];

beforeAll(async () => {
  expressions = await sourceExpressions();
});

const SIZES = [16_384, 65_536, 262_144] as const;

async function slowText({ source, flags }: SourceExpression): Promise<string | undefined> {
  const expression = new RegExp(source, flags);
  const apply = (text: string): unknown =>
    expression.global ? text.replace(expression, '') : expression.test(text);
  for (const [name, make] of hostileTexts(source, flags)) {
    const growth = await superLinear((length) => apply(make(length)), SIZES);
    if (growth !== undefined) return `${name} at ${growth.length}: ${Math.round(growth.milliseconds)} ms`;
  }
  return undefined;
}

test('each expression is linear', { timeout: 600_000 }, async () => {
  const slow: string[] = [];
  for (const expression of expressions) {
    const text = await slowText(expression);
    if (text !== undefined)
      slow.push(`${expression.file} /${expression.source}/${expression.flags} for ${text}`);
  }
  expect(slow).toEqual([]);
});
