/** The version of this mailprobe, shown by `--version` and `mailprobe_build_info`. */
import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
}

/** `package.json` is in the folder above both `src/` and `dist/`. */
const packageFile: PackageFile = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

export const version: string = packageFile.version;

/** The commit from which this mailprobe was built, if the build set it. */
export const revision: string = process.env['MAILPROBE_REVISION'] ?? 'unknown';
