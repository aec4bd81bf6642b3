/**
 * Quotes a name for a command that is pasted into a production tenant, and joins lines into one command. `graph.ts` and
 * `exchange.ts` build the commands.
 */

/**
 * Returns a single-quoted PowerShell string. PowerShell also ends such a string at a typographic quote, so those are
 * doubled as well (about_Quoting_Rules). Control characters, which no name needs, are dropped.
 */
export function quotePowerShell(text: string): string {
  return `'${withoutControls(text).replace(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`;
}

/** Drops control characters, which no name needs, and characters that reorder what is shown. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what this removes
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, '');
}

export function lines(...all: readonly string[]): string {
  return all.join('\n');
}

/**
 * Joins lines into one command, which stops at the first line that fails. Its variables end with it, so a later paste
 * does not see them.
 */
export function asOne(...all: readonly string[]): string {
  return lines('& {', ...["$ErrorActionPreference = 'Stop'", ...all].map((line) => `  ${line}`), '}');
}
