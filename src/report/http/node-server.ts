/**
 * The plain or TLS server under the routes, with the limits that apply before the route is known. It disconnects slow
 * and silent clients. `http-server.ts` creates it, and the daemon renews its certificate.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { Secret } from '../../model/secret.ts';
import { limitConnections } from './connection-limit.ts';
import { cutSlowReaders } from './slow-readers.ts';

/** A certificate and its key in PEM, read from the configured files. */
export interface TlsIdentity {
  /** Includes the chain. */
  readonly certificate: string;
  readonly privateKey: Secret;
}

export interface NodeServerOptions {
  readonly tls?: TlsIdentity | undefined;
  /** The most connections at once. Half of them are a reserve for bursts. */
  readonly mostConnections?: number | undefined;
}

const LIMITS = {
  headersTimeout: 10_000,
  /** A request must arrive completely within this time. */
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 30_000,
};
/** A client that reads a response may pause this long. */
const IDLE_TIMEOUT_MS = 60_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const READERS = {
  deadlineMs: 60_000,
  mostUnreadBytes: 32 * 1024 * 1024,
  mostPipelined: 256,
  checkMs: 250,
};

/** Applies if the process has enough file descriptors. */
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

/**
 * Replaces the certificate for new connections. Returns false if the server was created without TLS, because only a
 * restart can then enable TLS.
 */
export function renewCertificate(server: unknown, tls: TlsIdentity): boolean {
  if (!(server instanceof TlsServer)) return false;
  server.setSecureContext(contextOf(tls));
  return true;
}

function contextOf({ certificate, privateKey }: TlsIdentity) {
  return { cert: certificate, key: privateKey.reveal(), minVersion: 'TLSv1.2' as const };
}
