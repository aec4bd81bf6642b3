/** Faults of the token endpoint, of the network path to it, and of Graph. Rows of the table in `scenarios.ts`. */
import { entraFault, graphFault, type Scenario, scenario, UNREACHABLE } from '../scenario.ts';

export const tokenHostScenarios: readonly Scenario[] = [
  scenario('token-throttled', {
    title: 'The token endpoint answers 429',
    apply: entraFault({ kind: 'throttled', retryAfterSeconds: 60 }),
  }),
  scenario('token-throttled', {
    name: 'token-request-loop',
    title: 'The same token is asked for again and again',
    apply: entraFault({ kind: 'request-loop' }),
  }),
  scenario('token-service-transient', {
    title: 'The token endpoint answers 503',
    apply: entraFault({ kind: 'unavailable' }),
  }),
  scenario('token-service-transient', {
    name: 'token-service-empty',
    title: 'The token endpoint answers 200 without a token',
    lookAlikes: ['proxy-failure', 'tls-interception'],
    apply: entraFault({ kind: 'empty' }),
  }),
  scenario('token-service-transient', {
    name: 'token-service-silent',
    title: 'The token endpoint takes the request and never answers',
    lookAlikes: ['proxy-failure', 'tcp-blocked', 'service-incident'],
    apply: entraFault({ kind: 'silent' }),
  }),
  scenario('tcp-blocked', {
    name: 'token-host-refused',
    title: 'Connections to the token endpoint are refused',
    lookAlikes: UNREACHABLE,
    apply: entraFault({ kind: 'refuse' }),
  }),
  scenario('tcp-blocked', {
    name: 'token-host-hangs',
    title: 'A middlebox accepts connections to the token endpoint and holds them',
    lookAlikes: [...UNREACHABLE, 'tls-handshake-failure', 'token-service-transient'],
    apply: entraFault({ kind: 'hang' }),
  }),
  scenario('proxy-failure', {
    name: 'token-proxy-page',
    title: "A proxy's login page stands in the token endpoint's place",
    lookAlikes: ['tls-interception', 'token-service-transient'],
    apply: entraFault({ kind: 'proxy-html', status: 407 }),
  }),
  scenario('tls-interception', {
    name: 'token-tls-intercepted',
    title: 'TLS to the token endpoint is inspected by an authority that is not trusted',
    lookAlikes: ['trust-store-incomplete'],
    apply: entraFault({ kind: 'untrusted-certificate' }),
  }),
];

export const graphScenarios: readonly Scenario[] = [
  scenario('graph-permission-missing', {
    name: 'graph-forbidden',
    title: 'The application may not read its own registration',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'forbidden' }),
  }),
  scenario('graph-unavailable', {
    name: 'graph-unavailable',
    title: 'Microsoft Graph answers 503',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'unavailable' }),
  }),
  scenario('graph-unavailable', {
    name: 'graph-silent',
    title: 'Microsoft Graph takes the request and never answers',
    probes: 'succeed',
    graph: true,
    apply: graphFault({ kind: 'silent' }),
  }),
];
