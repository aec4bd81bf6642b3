/**
 * The types of errors of the HTTP interface, each with its stable name, status and title. docs/api.md and the OpenAPI
 * document list them.
 */
export const PROBLEM_TYPES = {
  'bad-request': [400, 'Bad request'],
  'bad-parameter': [400, 'Bad query parameter'],
  'bad-body': [400, 'Bad request body'],
  'nothing-to-explain': [400, 'Nothing to explain'],
  'stale-cursor': [400, 'Stale cursor'],
  unauthorised: [401, 'Not authorized'],
  'no-tokens': [403, 'Only this machine may use forms'],
  'cross-site': [403, 'Request from another site'],
  'no-such-route': [404, 'Not found'],
  'unknown-mailbox': [404, 'Unknown mailbox'],
  'unknown-app': [404, 'Unknown app'],
  'unknown-problem': [404, 'Unknown problem'],
  'unknown-incident': [404, 'Unknown incident'],
  'unknown-window': [404, 'Unknown maintenance window'],
  'nothing-selected': [404, 'Nothing selected'],
  'method-not-allowed': [405, 'Method not allowed'],
  timeout: [408, 'Request timeout'],
  'too-large': [413, 'Body too large'],
  'uri-too-long': [414, 'URI too long'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'wrong-host': [421, 'Wrong host'],
  'too-many-requests': [429, 'Too many requests'],
  'header-too-large': [431, 'Header too large'],
  'internal-error': [500, 'Internal error'],
  'store-unavailable': [503, 'Store unavailable'],
  'no-result-yet': [503, 'No result yet'],
  'too-many-streams': [503, 'Too many event streams'],
  'replica-silent': [504, 'No answer of the replica'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemType = keyof typeof PROBLEM_TYPES;

export function problemUri(type: ProblemType): string {
  return `urn:mailprobe:problem:${type}`;
}
