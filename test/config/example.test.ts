import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configurationReference } from '../../tools/docs-configuration.ts';
import { configText, workspace } from './workspace.ts';
import { config } from '../../src/commands/config.ts';
import { files } from '../support/files.ts';
import { runCommand } from '../support/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = await readFile(join(ROOT, 'examples/mailprobe.yaml'), 'utf8');
/** With its second app, and the mailboxes of that. */
const EVERYTHING = EXAMPLE.replace(/^ {2}# - id: qms\n(?: {2}# .*\n)+/m, (app) =>
  app.replaceAll(/^ {2}# /gm, '  '),
).replace('# mailbox_files:', 'mailbox_files:');

describe('the shipped example', () => {
  test('passes config check once its one app is filled in, alone in a folder', async () => {
    const folder = await workspace({ 'mailprobe.yaml': EXAMPLE, 'secrets/plm': 'value\n' });
    const ran = await runCommand(config, ['check', '--config', join(folder, 'mailprobe.yaml')]);
    expect([ran.exitCode, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('1 app');
  });

  test('loads with everything that it shows, once the secrets it names are in place', async () => {
    const folder = await workspace({});
    await cp(join(ROOT, 'examples'), folder, { recursive: true });
    await mkdir(join(folder, 'secrets'));
    await writeFile(join(folder, 'secrets/plm'), 'value\n');
    await writeFile(join(folder, 'mailprobe.yaml'), EVERYTHING);
    const result = await loadConfig(join(folder, 'mailprobe.yaml'), {
      env: { QMS_CLIENT_SECRET: 'value' },
      files,
    });
    expect(result.ok ? [] : result.errors).toEqual([]);
    const mailboxes = result.ok ? result.config.mailboxes.map(({ id }) => id) : [];
    expect(mailboxes).toEqual(['plm-inbox', 'plm-invoices', 'qms-inbox', 'qms-complaints']);
  });

  test('holds the editor hint, for the schema in its folder', async () => {
    expect(EXAMPLE.split('\n')[0]).toBe('# yaml-language-server: $schema=mailprobe.schema.json');
    const shipped: unknown = JSON.parse(await readFile(join(ROOT, 'examples/mailprobe.schema.json'), 'utf8'));
    expect(shipped, 'run: node tools/docs-configuration.ts').toEqual(configSchema());
  });
});

describe('the JSON Schema', () => {
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(configSchema());

  const errorsOf = (text: string) => (validate(parse(text)) ? [] : (validate.errors ?? []));

  test('accepts the example', () => {
    expect(errorsOf(EXAMPLE)).toEqual([]);
    expect(errorsOf(EVERYTHING)).toEqual([]);
  });

  test.each([
    {
      name: 'variables in place of checked values',
      text: configText('', 'graph: ${G}\n    imap: { port: "${P}" }'),
    },
    { name: 'a domain as tenant', text: configText().replace(/tenant: .*/, 'tenant: contoso.example') },
    { name: 'no proxy', text: configText('proxy: http://p.example:1', 'proxy: null') },
  ])('accepts $name', ({ text }) => {
    expect(errorsOf(text)).toEqual([]);
  });

  test.each([
    { name: 'an unknown key at the top', text: configText('intervall: 5m') },
    { name: 'an unknown key of an app', text: configText('', 'client_secret: x') },
    { name: 'an unknown key of a mailbox', text: configText('', '', 'protocol: imap') },
    { name: 'a client id that is no GUID', text: configText().replace(/client_id: .*/, 'client_id: plm') },
    { name: 'a duration without unit', text: configText('defaults: { interval: 300 }') },
    { name: 'a port that is none', text: configText('imap: { port: 0 }') },
    { name: 'an unknown cloud', text: configText('', 'cloud: mars') },
    { name: 'a mailbox without address', text: configText().replace('address: plm@contoso.example, ', '') },
    { name: 'no apps', text: 'mailboxes: []' },
  ])('rejects $name', ({ text }) => {
    expect(errorsOf(text)).not.toEqual([]);
  });

  test('describes every key', () => {
    const undescribed: string[] = [];
    const dial = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const properties: object =
        'properties' in node && typeof node.properties === 'object' ? (node.properties ?? {}) : {};
      for (const [key, value] of Object.entries(properties)) {
        if (!(typeof value === 'object' && value !== null && 'description' in value))
          undescribed.push(`${path}.${key}`);
        dial(value, `${path}.${key}`);
      }
      if ('items' in node) dial(node.items, `${path}[]`);
    };
    dial(configSchema(), '');
    expect(undescribed).toEqual([]);
  });
});

test('docs/configuration.md is current (else run: node tools/docs-configuration.ts)', async () => {
  await expect(configurationReference()).toMatchFileSnapshot(join(ROOT, 'docs/configuration.md'));
});
