/**
 * One step of a fix. If its command holds a placeholder such as `<client id>`, its text asks the reader to replace the
 * placeholder.
 */
import type { FixStep } from '../../model/diagnosis.ts';

const PLACEHOLDER = /<[a-z][^<>']*>/gi;

export function say(text: string): FixStep {
  return { text };
}

export function powershell(text: string, command: string): FixStep {
  return { text: withPlaceholders(text, command), command, shell: 'powershell' };
}

export function shell(text: string, command: string): FixStep {
  return { text: withPlaceholders(text, command), command, shell: 'sh' };
}

function withPlaceholders(text: string, command: string): string {
  const open = [...new Set(command.match(PLACEHOLDER) ?? [])];
  return open.length === 0 ? text : `${text} First replace ${open.join(' and ')} with your values.`;
}
