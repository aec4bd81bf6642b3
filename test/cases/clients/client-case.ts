/** A text that a program printed while the cause of its failure was known, and what `explain` must make of it. */
import type { Cause } from '../../../src/model/cause.ts';
import type { Confidence } from '../../../src/model/diagnosis.ts';

export interface ClientCase {
  readonly name: string;
  readonly text: string;
  /** The first cause, or those of which one comes first. Without it, and without `among`, nothing may be claimed. */
  readonly first?: Cause | readonly Cause[];
  readonly among?: readonly Cause[];
  readonly never?: readonly Cause[];
  /** Nothing may be surer than this. */
  readonly atMost?: Confidence;
}

/** The options of an HTTP client, printed with every error of its own. */
export const PRINTED_CODES =
  "\n  options: {\n    retry: {\n      limit: 2,\n      errorCodes: [\n        'ETIMEDOUT',\n        'ECONNRESET',\n        'EADDRINUSE',\n        'ECONNREFUSED',\n        'ENOTFOUND',\n        'ENETUNREACH',\n        'EAI_AGAIN'\n      ],\n    }\n  }\n}";

/** A login that ended before the server answered it. */
export const LOST_IN_LOGIN: readonly Cause[] = [
  'exchange-transient',
  'service-incident',
  'exchange-throttled',
  'tcp-blocked',
];
