/** Faults of the token endpoint, of the network path to it, and of Graph. Rows of the table in `scenarios.ts`. */
import { entraFault, graphFault, type Scenario, scenario, UNREACHABLE } from '../scenario.ts';

export const tokenHostScenarios: readonly Scenario[] = [
  scenario('token-throttled', {
    title: 'The token endpoint answers 429',
    apply: entraFault({ kind: 'throttled', retryAfterSeconds: 60 }),
  }),
  scenario('token-request-loop', {
    title: 'The same token is asked for again and again',
    cause: 'token-throttled',
    apply: entraFault({ kind: 'request-loop' }),
  }),
  scenario('token-service-transient', {
    title: 'The token endpoint answers 503',
    apply: entraFault({ kind: 'unavailable' }),
  }),
  scenario('token-service-empty', {
    title: 'The token endpoint answers 200 without a token',
    cause: 'token-service-transient',
    lookAlikes: ['proxy-failure', 'tls-interception'],
    apply: entraFault({ kind: 'empty' }),
  }),
  scenario('token-service-silent', {
    title: 'The token endpoint takes the request and never answers',
    cause: 'token-service-transient',
    lookAlikes: ['proxy-failure', 'tcp-blocked', 'service-incident'],
    apply: entraFault({ kind: 'silent' }),
  }),
  scenario('token-host-refused', {
    title: 'Connections to the token endpoint are refused',
    cause: 'tcp-blocked',
    lookAlikes: UNREACHABLE,
    apply: entraFault({ kind: 'refuse' }),
  }),
  scenario('token-host-hangs', {
    title: 'A middlebox accepts connections to the token endpoint and holds them',
    cause: 'tcp-blocked',
    lookAlikes: [...UNREACHABLE, 'tls-handshake-failure', 'token-service-transient'],
    apply: entraFault({ kind: 'hang' }),
  }),
  scenario('token-proxy-page', {
    title: "A proxy's login page stands in the token endpoint's place",
    cause: 'proxy-failure',
    lookAlikes: ['tls-interception', 'token-service-transient'],
    apply: entraFault({ kind: 'proxy-html', status: 407 }),
  }),
  scenario('token-tls-intercepted', {
    title: 'TLS to the token endpoint is inspected by an authority that is not trusted',
    cause: 'tls-interception',
    lookAlikes: ['trust-store-incomplete'],
    apply: entraFault({ kind: 'untrusted-certificate' }),
  }),
];

export const graphScenarios: readonly Scenario[] = [
  scenario('graph-forbidden', {
    title: 'The application may not read its own registration',
    cause: 'graph-permission-missing',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'forbidden' }),
  }),
  scenario('graph-unavailable', {
    title: 'Microsoft Graph answers 503',
    cause: 'graph-unavailable',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'unavailable' }),
  }),
  scenario('graph-silent', {
    title: 'Microsoft Graph takes the request and never answers',
    cause: 'graph-unavailable',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'silent' }),
  }),
];
