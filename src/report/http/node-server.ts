/**
 * The plain or TLS server below the routes, with the limits that apply before a route is known. Cuts off slow and
 * silent clients. Created by `http-server.ts`; the daemon renews its certificate.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { Secret } from '../../model/secret.ts';
import { limitConnections } from './connection-limit.ts';
import { cutSlowReaders } from './slow-readers.ts';

/** PEM, read from the files that the configuration names. */
export interface TlsIdentity {
  /** Including the chain. */
  readonly certificate: string;
  readonly privateKey: Secret;
}

export interface NodeServerOptions {
  readonly tls?: TlsIdentity | undefined;
  /** The most connections at once. Half of them are a reserve. */
  readonly mostConnections?: number | undefined;
}

const LIMITS = {
  headersTimeout: 10_000,
  /** The time within which a request must arrive completely. */
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 30_000,
};
/** The longest pause while a client reads a response. */
const IDLE_TIMEOUT_MS = 60_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const READERS = {
  deadlineMs: 60_000,
  mostUnreadBytes: 32 * 1024 * 1024,
  mostPipelined: 256,
  checkMs: 250,
};

/** The most connections at once, if the process has enough file descriptors. */
export const MOST_CONNECTIONS = 1000;

export function createNodeServer(
  listener: RequestListener,
  { tls, mostConnections = MOST_CONNECTIONS }: NodeServerOptions,
): Server {
  const server =
    tls === undefined
      ? createServer(LIMITS, listener)
      : createTlsServer({ ...LIMITS, ...contextOf(tls), handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, listener);
  server.setTimeout(IDLE_TIMEOUT_MS);
  limitConnections(server, mostConnections);
  cutSlowReaders(server, READERS);
  return server;
}

/** Applies to new connections. Returns false if the server was created without TLS, which needs a restart. */
export function renewCertificate(server: unknown, tls: TlsIdentity): boolean {
  if (!(server instanceof TlsServer)) return false;
  server.setSecureContext(contextOf(tls));
  return true;
}

function contextOf({ certificate, privateKey }: TlsIdentity) {
  return { cert: certificate, key: privateKey.reveal(), minVersion: 'TLSv1.2' as const };
}
