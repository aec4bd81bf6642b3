/**
 * Finds out whether only files of credentials changed. The configuration is then not loaded again, because a credential
 * is read at each use. Called by `configuration.ts` with the files that changed.
 */
import type { App, Credential } from '../model/target.ts';
import { checkCredential, filesOf } from './credential-files.ts';
import type { CredentialSettings } from './credential-schema.ts';
import type { Surroundings } from './surroundings.ts';

/** Returns true if all of the files belong to credentials, and all of these credentials can be used. */
export async function isRotation(
  paths: readonly string[],
  apps: readonly App[],
  surroundings: Surroundings,
): Promise<boolean> {
  const changed = new Set(paths);
  const concerned = apps
    .map(({ credential }) => settingsOf(credential))
    .filter((settings) => filesOf(settings, ROOT).some((path) => changed.has(path)));
  for (const settings of concerned) {
    const faults = await checkCredential(settings, ROOT, surroundings);
    if (faults.length > 0) return false;
    for (const path of filesOf(settings, ROOT)) changed.delete(path);
  }
  return changed.size === 0;
}

/** The folder for relative paths. Any folder will do, because a resolved credential has absolute paths only. */
const ROOT = '/';

function settingsOf(credential: Credential): CredentialSettings {
  const expiresAt = credential.expiresAt === undefined ? {} : { expiresAt: credential.expiresAt };
  switch (credential.kind) {
    case 'secret':
      return credential.source.from === 'file'
        ? { kind: 'secret-file', secretFile: credential.source.path, ...expiresAt }
        : { kind: 'secret-env', secretEnv: credential.source.name, ...expiresAt };
    case 'certificate': {
      const { certificateFile, privateKeyFile } = credential;
      return { kind: 'certificate', certificateFile, privateKeyFile, ...expiresAt };
    }
    case 'federated-token':
      return { kind: 'federated-token', tokenFile: credential.tokenFile, ...expiresAt };
  }
}
