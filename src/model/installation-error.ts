/**
 * A file that belongs to this installation is missing or cannot be used. Thrown by the part that needs the file. Shown
 * by the commands that start the daemon.
 */
export class InstallationError extends Error {
  override readonly name = 'InstallationError';
  readonly code = 'installation-incomplete';

  /** `what`: which file, and what came of it. */
  constructor(what: string) {
    super(`The installation of mailprobe is incomplete: ${what}. Install mailprobe again.`);
  }
}
