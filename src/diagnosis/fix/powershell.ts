/** Quotes names for commands that a person pastes into a production tenant, and joins lines into one command. */

/**
 * Returns a single-quoted PowerShell string. In PowerShell, a typographic quote also ends such a string, so typographic
 * quotes are doubled too (about_Quoting_Rules). Control characters are dropped.
 */
export function quotePowerShell(text: string): string {
  return `'${withoutControls(text).replace(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`;
}

/** Drops control characters, which no name needs, and characters that reorder the shown text. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what this removes
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, '');
}

export function lines(...all: readonly string[]): string {
  return all.join('\n');
}

/**
 * Joins lines into one command that stops at the first line that fails. Its variables do not outlive it, so they cannot
 * affect a command that is pasted later.
 */
export function asOne(...all: readonly string[]): string {
  return lines('& {', ...["$ErrorActionPreference = 'Stop'", ...all].map((line) => `  ${line}`), '}');
}
