/** The version of this mailprobe; shown by `--version` and `mailprobe_build_info`. */
import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
}

/** In the folder above `src/` and above `dist/` alike. */
const packageFile: PackageFile = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

export const version: string = packageFile.version;

/** The commit it was built from, where the build set it. */
export const revision: string = process.env['MAILPROBE_REVISION'] ?? 'unknown';
