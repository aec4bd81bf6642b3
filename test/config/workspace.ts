/** A folder with files for one test, removed when it ends; and a small configuration to begin with. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { files as realFiles } from '../support/files.ts';

export const APP = `id: plm
    tenant: 11111111-2222-3333-4444-555555555555
    client_id: 66666666-7777-8888-9999-000000000000
    credential: { secret_env: PLM_SECRET }`;

export const MAILBOX = 'id: inbox, address: plm@contoso.example, app: plm';

/** One app with one mailbox. The arguments are added at the three levels. */
export function configText(top = '', app = '', mailbox = ''): string {
  return `${top}\napps:\n  - ${APP}\n    ${app}\nmailboxes:\n  - { ${MAILBOX}, ${mailbox} }\n`;
}

export const ENV = { PLM_SECRET: 'present' };

export async function workspace(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mailprobe-config-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** The configuration of a text that has no problem. */
export async function loaded(
  text: string,
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = ENV,
): Promise<Config> {
  const folder = await workspace({ 'mailprobe.yaml': text, ...files });
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env, files: realFiles });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.config;
}

/** The errors that an operator reads for a text, without its folder. */
export async function reported(
  text: string | Uint8Array,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  env: Readonly<Record<string, string>> = ENV,
): Promise<readonly string[]> {
  const folder = await workspace({ 'mailprobe.yaml': text, ...files });
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env, files: realFiles });
  if (result.ok) return [];
  return formatErrors(result.errors).replaceAll(`${folder}/`, '').trimEnd().split('\n');
}
