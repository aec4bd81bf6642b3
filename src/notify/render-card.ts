/**
 * Renders a message as an Adaptive Card 1.4 for a workflow of Teams: https://adaptivecards.io/explorer/ . Pure. Escapes
 * Markdown in texts of servers. Cuts long parts, because Teams accepts only 28 kB.
 */
import type { FixStep } from '../model/diagnosis.ts';
import type { Message } from './message.ts';

const LONGEST_TEXT = 1_500;
const MOST_STEPS = 35;
const COLORS = { problem: 'Attention', resolved: 'Good', information: 'Accent' } as const;

export function renderCard({ headline, tone, facts, sections, link, footer }: Message): object {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    // For screen readers, and for programs that cannot show a card.
    speak: headline,
    fallbackText: headline,
    msteams: { width: 'Full' },
    body: [
      block(headline, { size: 'Medium', weight: 'Bolder', color: COLORS[tone] }),
      { type: 'FactSet', facts: facts.map(({ name, value }) => ({ title: name, value: plain(value) })) },
      ...sections.flatMap(({ heading, steps }) => [
        block(heading, { weight: 'Bolder', spacing: 'Medium' }),
        ...steps.slice(0, MOST_STEPS).flatMap(stepBlocks),
      ]),
      block(footer, { isSubtle: true, size: 'Small', spacing: 'Medium' }),
    ],
    actions: link === undefined ? [] : [{ type: 'Action.OpenUrl', title: 'Open in mailprobe', url: link }],
  };
}

function stepBlocks({ text, command }: FixStep): readonly object[] {
  if (command === undefined) return [block(text)];
  // Teams shows a monospace text run as it is, without interpreting Markdown.
  const code = { type: 'TextRun', text: cut(command), fontType: 'Monospace' };
  return [block(text), { type: 'RichTextBlock', inlines: [code] }];
}

function block(text: string, style: Readonly<Record<string, string | boolean>> = {}): object {
  return { type: 'TextBlock', text: plain(text), wrap: true, ...style };
}

/**
 * Cuts a long text and escapes the characters of links and emphasis. Other characters are not escaped, because some
 * clients show the backslashes.
 */
function plain(text: string): string {
  return cut(text).replace(/[\\[\]*_`<>]/g, (sign) => `\\${sign}`);
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
