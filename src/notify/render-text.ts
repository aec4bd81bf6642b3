/**
 * Renders a message as plain text. The text of an e-mail leaves out the headline, which is the subject. Webhooks that
 * feed chats get the whole text. Pure.
 */
import type { FixStep } from '../model/diagnosis.ts';
import { type Message, SIMULATED } from './message.ts';

export function renderText(message: Message): string {
  return `${message.headline}\n\n${renderBody(message)}`;
}

export function renderBody({ simulated, facts, sections, link, footer }: Message): string {
  const width = Math.max(0, ...facts.map(({ name }) => name.length)) + 2;
  const parts = [
    simulated ? SIMULATED : '',
    facts.map(({ name, value }) => `${`${name}:`.padEnd(width)}${value}`).join('\n'),
    ...sections.map(({ heading, steps }) => [`${heading}:`, ...steps.map(stepText)].join('\n')),
    ...(link === undefined ? [] : [`Open in mailprobe: ${link}`]),
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
