/** The type of a failed token request in a pasted text, and the functions that create it. */
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
  /** The possible causes, best first, if no code shows the cause. `confidence` belongs to the first one. */
  readonly open?: readonly Cause[];
  readonly confidence?: Confidence;
}

/** A host that a statement names. */
export interface Place {
  readonly host: string;
  readonly port?: number;
}

/** For failures that are diagnosed by their code or kind alone, without phrases. */
export const NOTHING_MORE: Recognized = { phrases: [], signs: [] };
/** Entra's answer holds the trace id and the correlation id at most this many characters after its code. */
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

export function parsedOpen(text: string, open: readonly Cause[]): ParsedToken {
  return { failure: { kind: 'rejected', text, recognized: NOTHING_MORE }, facts: {}, open };
}

/** Returns the trace id and the correlation id after that offset. Microsoft's support asks for them. */
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
