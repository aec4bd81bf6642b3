import { expect, test } from 'vitest';
import { configText, ENV, loaded, reported } from './workspace.ts';

/** In block style: between braces YAML itself wants a `${` in quotes. */
const label = (scalar: string) =>
  configText().replace(
    /- \{ (.*), +\}/,
    (_, flow: string) => `- ${flow.replaceAll(', ', '\n    ')}\n    labels:\n      team: ${scalar}`,
  );

test.each([
  { written: '${TEAM}', is: 'quality' },
  { written: '"the ${TEAM} team"', is: 'the quality team' },
  { written: "'${TEAM}-${TEAM}'", is: 'quality-quality' },
  { written: '"$${TEAM}"', is: '${TEAM}' },
  { written: '"$$${TEAM}"', is: '$${TEAM}' },
  { written: '"$TEAM costs 5$$"', is: '$TEAM costs 5$$' },
  { written: '"${NUMBER}"', is: '007' },
  { written: '"${STRUCTURE}"', is: 'a, x: { y: z }, - #' },
  { written: '${STRUCTURE}', is: 'a, x: { y: z }, - #' },
  { written: '"${NESTED}"', is: '${TEAM}' },
  { written: '"${EMPTY}x"', is: 'x' },
])('$written becomes $is', async ({ written, is }) => {
  const env = {
    ...ENV,
    TEAM: 'quality',
    NUMBER: '007',
    STRUCTURE: 'a, x: { y: z }, - #',
    NESTED: '${TEAM}',
    EMPTY: '',
  };
  const { mailboxes } = await loaded(label(written), {}, env);
  expect(mailboxes[0]?.labels).toEqual({ team: is });
});

test('an unquoted number or boolean is one after replacement', async () => {
  const text = configText('', 'graph: ${GRAPH}\n    imap:\n      port: ${PORT}');
  const { apps, targets } = await loaded(text, {}, { ...ENV, GRAPH: 'true', PORT: '1993' });
  expect([apps[0]?.graph, targets[0]?.endpoint.port]).toEqual([true, 1993]);
});

test('between braces an unquoted variable is not valid YAML, and the hint names the fix', async () => {
  expect(await reported(configText('', '', 'labels: { team: ${TEAM} }'))).toEqual([
    'mailprobe.yaml:9: cannot parse this file: this is not valid YAML (between { } or [ ] put a variable in quotes: "${NAME}")',
  ]);
});

test('keys are not replaced', async () => {
  expect(
    await reported(configText('', '', 'labels: { "${TEAM}": x }'), {}, { ...ENV, TEAM: 'quality' }),
  ).toEqual([
    'mailprobe.yaml:9: mailboxes[0].labels["${TEAM}"]: expected a label name: letters, digits and "_", not beginning with a digit or "__", got "${TEAM}"',
  ]);
});

test('a variable that is not set is reported once, with its line, and nothing else about that value', async () => {
  expect(await reported(configText('', '', 'imap: { host: "mail.${ZONE}" }'))).toEqual([
    'mailprobe.yaml:9: mailboxes[0].imap.host: the environment variable ZONE is not set',
  ]);
});

test('the value of a variable is not repeated where it may be a secret', async () => {
  const env = { ...ENV, CLIENT: 'canary-secret-value', OTHER: 'Canary8Q~secret.value' };
  const text = configText('proxy: "${CLIENT}"', 'owner: x').replace(
    '66666666-7777-8888-9999-000000000000',
    '${CLIENT}',
  );
  const more = text
    .replace('11111111-2222-3333-4444-555555555555', '${OTHER}')
    .replace('{ secret_env: PLM_SECRET }', '{ secret_file: "${CLIENT}" }');
  const problems = (await reported(more, {}, env)).join('\n');
  expect(problems.split('\n')).toHaveLength(3);
  expect(problems).not.toMatch(/canary/i);
});
