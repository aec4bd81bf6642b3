/** Which mailprobe this is; shown by `--version` and `mailprobe_build_info`. */
import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
}

/** Beside `src/` and beside `dist/` alike. */
const packageFile: PackageFile = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

export const version: string = packageFile.version;

/** The commit it was built from, where the build said so. */
export const revision: string = process.env['MAILPROBE_REVISION'] ?? 'unknown';
