/** A message as plain text: of e-mails, and what webhooks show to chats. Pure. */
import type { FixStep } from '../model/diagnosis.ts';
import type { Message } from './message.ts';

export function renderText({ headline, facts, sections, link, footer }: Message): string {
  const width = Math.max(0, ...facts.map(({ name }) => name.length)) + 2;
  const parts = [
    headline,
    facts.map(({ name, value }) => `${`${name}:`.padEnd(width)}${value}`).join('\n'),
    ...sections.map(({ heading, steps }) => [`${heading}:`, ...steps.map(stepText)].join('\n')),
    ...(link === undefined ? [] : [`More: ${link}`]),
    footer,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function stepText({ text, command }: FixStep): string {
  if (command === undefined) return `  ${text}`;
  return `  ${text}\n\n${command
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}`;
}
