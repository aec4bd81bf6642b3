/**
 * A paste from a public thread, and the cause that was found there in the end. The rendering is ours and shortened,
 * ids and names are made up; only the servers' own words are verbatim.
 */
export interface ThreadCase {
  /** Reads on from "explain, given ". */
  readonly name: string;
  /** Where it was read: `owner/repository#number`, or a site. */
  readonly source: string;
  readonly text: string;
  /** The cause found in the end. Undefined where it was of no concern to mailprobe: then nothing may be certain. */
  readonly found: string | undefined;
  /** The text decides: `found` must come first. Else it must be among the candidates, and nothing certain. */
  readonly decisive: boolean;
  /** Other problems in the same text that must be listed too. */
  readonly also?: readonly string[];
}

export const APP = '66666666-7777-8888-9999-000000000000';
export const TENANT = '11111111-2222-3333-4444-555555555555';
export const TRACE =
  'Trace ID: 0f3b6d5e-1111-4222-8333-444455556666 Correlation ID: 1a2b3c4d-1111-4222-8333-444455556666 Timestamp: 2025-12-01 16:58:37Z';
/** The older form, with line ends. */
export const TRACE_LINES =
  'Trace ID: 0f3b6d5e-1111-4222-8333-444455556666\r\nCorrelation ID: 1a2b3c4d-1111-4222-8333-444455556666\r\nTimestamp: 2021-03-01 16:58:37Z';
export const EXPIRED = `AADSTS7000222: The provided client secret keys for app '${APP}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`;
export const INVALID = `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${APP}'.`;
