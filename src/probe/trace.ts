/**
 * Collects the dialogue of one probe. The line reader notes what passes, the stage recorder which stage has begun. A
 * SASL response never gets in: it holds the token.
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

/** Base64 of this length is the SASL response: the address and the token. */
function withoutResponse(line: string): string {
  return line.replaceAll(/[A-Za-z0-9+/=]{40,}/g, (base64) => `[base64, ${base64.length} characters]`);
}
