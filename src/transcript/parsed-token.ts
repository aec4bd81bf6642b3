/** A failure of the token leg in a pasted text, as a value, and the functions that create it for the parsers. */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { TokenFacts } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { Recognized } from '../model/phrase-id.ts';
import type { Finder, Place as Found } from './finder.ts';
import { isGuid } from './identifiers.ts';
import { quote } from './quote.ts';

export interface ParsedToken {
  readonly failure: Failure;
  readonly facts: TokenFacts;
  readonly place?: Place;
  /** If no code decides: the possible causes, best first, and the confidence in the first one. */
  readonly open?: readonly Cause[];
  readonly lead?: Confidence;
}

/** A host that a statement names. */
export interface Place {
  readonly host: string;
  readonly port?: number;
}

/** For failures whose code or kind is enough. */
export const NOTHING_MORE: Recognized = { phrases: [], signs: [] };
/** Entra's answer names the request within this many characters behind its code. */
const IDS_REACH = 1500;

export function shown({ text }: Finder, { at, word }: Found): string {
  return quote(text, at, word);
}

export function parsedCode(code: number, text: string, ids: TokenFacts): ParsedToken {
  return {
    failure: { kind: 'rejected', code: `AADSTS${code}`, text, recognized: NOTHING_MORE },
    facts: { errorCodes: [code], ...ids },
  };
}

/** A failure with these possible causes, best first. */
export function parsedOpen(text: string, open: readonly Cause[]): ParsedToken {
  return { failure: { kind: 'rejected', text, recognized: NOTHING_MORE }, facts: {}, open };
}

/** The ids that Microsoft's support asks for. */
export function idsAt({ text }: Finder, at: number): Pick<TokenFacts, 'traceId' | 'correlationId'> {
  const answer = text.slice(at, at + IDS_REACH);
  const idAfter = (name: RegExp): string | undefined => {
    const id = name.exec(answer)?.[1];
    return id !== undefined && isGuid(id) ? id : undefined;
  };
  const traceId = idAfter(/trace[ _]id['"]?: ?['"]?([0-9a-f-]{36})/i);
  const correlationId = idAfter(/correlation[ _]id['"]?: ?['"]?([0-9a-f-]{36})/i);
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}
