/**
 * Collects the dialogue of one probe. The line reader adds each line, and the stage recorder names the stage that has
 * begun. SASL responses are left out, because they hold the token.
 */
import { isMailStage, type StageName } from '../model/evidence.ts';
import { cleanText } from '../model/text.ts';
import type { Trace, TraceLine } from '../model/trace.ts';

const MOST_LINES = 200;
const LONGEST_TEXT = 500;

export function createTrace(): Trace {
  const lines: TraceLine[] = [];
  let current: StageName = 'dns';
  return {
    begin: (stage) => {
      // The token leg runs at the same time, and has no dialogue.
      if (isMailStage(stage)) current = stage;
    },
    note: (from, text) => {
      if (lines.length >= MOST_LINES) return;
      const shown = from === 'client' ? withoutResponse(text) : text;
      lines.push({ stage: current, from, text: cleanText(shown, LONGEST_TEXT) });
    },
    lines: () => lines,
  };
}

/**
 * Replaces each base64 text of 40 characters or more by its length, because such a text is the SASL response with the
 * token.
 */
function withoutResponse(line: string): string {
  return line.replaceAll(/[A-Za-z0-9+/=]{40,}/g, (base64) => `[base64, ${base64.length} characters]`);
}
