import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatErrors } from '../../src/config/config-error.ts';
import { loadConfig } from '../../src/config/load.ts';
import { files } from '../support/files.ts';
import { configText, ENV, loaded, reported, workspace } from './workspace.ts';

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

test.each([
  [
    'HTTPS_PROXY without a proxy in the file is warned of',
    '',
    { HTTPS_PROXY: 'http://u:canary@p.example' },
    1,
  ],
  ['ALL_PROXY, too', '', { ALL_PROXY: 'socks5://p.example' }, 1],
  ['an empty variable is none', '', { https_proxy: '' }, 0],
  ['proxy: none says that none is meant', 'proxy: none', { HTTPS_PROXY: 'http://p.example' }, 0],
  [
    'a proxy in the file is the one in use',
    'proxy: http://p.example',
    { HTTPS_PROXY: 'http://p.example' },
    0,
  ],
])('%s', async (_name, lines, env, count) => {
  const folder = await workspace({ 'mailprobe.yaml': configText(lines) });
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env: { ...ENV, ...env }, files });
  const warnings = result.ok ? formatErrors(result.warnings) : 'errors';
  expect(warnings.match(/proxy: warning: \w+ is set in the environment and is not used/g) ?? []).toHaveLength(
    count,
  );
  expect(warnings).not.toContain('canary');
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
