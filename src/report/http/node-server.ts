/**
 * The server below the routes: plain or TLS, with every limit that holds before a route is known. Slow and silent
 * clients are cut off here. Made by `http-server.ts`; the daemon renews its certificate.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { Secret } from '../../model/secret.ts';
import { limitConnections } from './connection-limit.ts';

/** PEM, as read from the files of the configuration. */
export interface TlsIdentity {
  /** With its chain. */
  readonly certificate: string;
  readonly privateKey: Secret;
}

const LIMITS = {
  headersTimeout: 10_000,
  /** A request must be there whole by then. */
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 30_000,
};
/** Silence on a connection while a client reads our answer. */
const IDLE_TIMEOUT_MS = 60_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Looks need file descriptors too. */
const MOST_CONNECTIONS = 500;

export function createNodeServer(listener: RequestListener, tls: TlsIdentity | undefined): Server {
  const server =
    tls === undefined
      ? createServer(LIMITS, listener)
      : createTlsServer({ ...LIMITS, ...contextOf(tls), handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, listener);
  server.setTimeout(IDLE_TIMEOUT_MS);
  limitConnections(server, MOST_CONNECTIONS);
  return server;
}

/** For connections from now on. False: the server was made without TLS, and needs a restart to speak it. */
export function renewCertificate(server: unknown, tls: TlsIdentity): boolean {
  if (!(server instanceof TlsServer)) return false;
  server.setSecureContext(contextOf(tls));
  return true;
}

function contextOf({ certificate, privateKey }: TlsIdentity) {
  return { cert: certificate, key: privateKey.reveal(), minVersion: 'TLSv1.2' as const };
}
