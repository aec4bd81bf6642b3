/**
 * Collects the dialogue of one probe. The line reader notes each line, and the stage recorder notes which stage has
 * begun. A SASL response is left out, because it holds the token.
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

/** Replaces base64 of 40 characters or more by its length. It is the SASL response: the address and the token. */
function withoutResponse(line: string): string {
  return line.replaceAll(/[A-Za-z0-9+/=]{40,}/g, (base64) => `[base64, ${base64.length} characters]`);
}
