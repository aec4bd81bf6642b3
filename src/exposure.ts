/**
 * Applies the access rules and the TLS certificate of a configuration to the HTTP server. Warns if a change takes
 * effect only after a restart, and if everyone can reach the server. Called by the daemon.
 */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { Redactor } from './model/redactor.ts';
import { endpointName } from './model/target.ts';
import { isLoopbackName, type Protection } from './report/http/guard.ts';
import { renewCertificate } from './report/http/node-server.ts';

export function protectionOf({ http, listen }: Config): Protection {
  const isLoopback = isLoopbackName(listen.host);
  return { tokens: http.tokens, open: http.public, hosts: isLoopback ? http.hosts : undefined };
}

export interface ExposureEdges {
  /** The server that listens on the address in `started`. */
  readonly server: unknown;
  readonly started: { readonly listen: Config['listen']; readonly isTls: boolean };
  readonly logger: Logger;
  readonly redactor: Redactor;
}

/** Called at the start, and after every reload. */
export function applyExposure(next: Config, { server, started, logger, redactor }: ExposureEdges): void {
  const { http, listen } = next;
  for (const token of http.tokens ?? []) redactor.add(token.reveal());
  if (http.tls !== undefined) renewCertificate(server, http.tls);

  const isMoved = endpointName(listen) !== endpointName(started.listen);
  if (isMoved || (http.tls !== undefined) !== started.isTls) {
    const message = `changes of "listen", and of whether TLS is used, take effect at a restart; still listening on ${endpointName(started.listen)}`;
    logger.warn({ event: 'restart_needed' }, message);
  }
  if (http.tokens === undefined && !isLoopbackName(started.listen.host)) {
    const message = `everyone who can connect to ${endpointName(started.listen)} can read everything and request probes: set http.tokens_file, or restrict access in the network`;
    logger.warn({ event: 'open_to_all' }, message);
  }
}
