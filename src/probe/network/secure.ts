/**
 * Starts TLS on a connected socket, and checks whether the certificate is trusted. Called by `dial`, for an `https:`
 * proxy, and by `probe` after STARTTLS and STLS. Completes the handshake with any certificate, so that an untrusted one
 * can be reported. Then closes the connection before any data is sent.
 */
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { StageFacts, StageOf } from '../../model/evidence.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { NetworkOptions } from '../../model/target.ts';
import { beginStage } from '../stage.ts';
import { certificateFacts, distrust } from './certificate.ts';
import { plainHost } from './resolve.ts';
import { closedFailure, failureOf } from './system-failure.ts';
import { secureContextFor } from './trust.ts';
import { waitForEvent } from './wait-on.ts';
import { StageFailure } from '../stage-failure.ts';

export interface SecureRequest {
  /** The name or IP address that the certificate must hold. A name is also sent as SNI. */
  readonly host: string;
  readonly network: NetworkOptions;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly mode: 'implicit' | 'starttls';
}

export interface Secured {
  readonly stage: StageOf<'tls'>;
  /** Present if the stage is ok. The caller must destroy it, which also destroys the plain socket. */
  readonly socket?: TLSSocket;
}

/** If the stage fails, the given socket is destroyed. Never rejects. */
export async function secure(socket: Socket, request: SecureRequest): Promise<Secured> {
  const { network, signal, redactor, mode } = request;
  // The final dot of an absolute name is only for the resolver. Certificates and SNI do not have it.
  const host = plainHost(request.host).replace(/\.$/, '');
  const stage = beginStage('tls');
  let facts: StageFacts['tls'] = { mode };
  let secured: TLSSocket | undefined;
  socket.on('error', ignoreLateError);
  try {
    if (socket.destroyed)
      throw socket.errored ?? new StageFailure(closedFailure(`TLS handshake with ${host}`));
    const secureContext = secureContextFor(network.ca);
    secured = connectTls({
      socket,
      secureContext,
      // RFC 6066, section 3: an address is not a server name.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      checkServerIdentity: acceptAnyName,
    });
    // Node would read the certificate for `checkServerIdentity` in an old form. That takes a tenth of the time of a
    // probe, and the result is not used. A typed method would have to return a whole certificate.
    Reflect.set(secured, 'getPeerCertificate' satisfies keyof TLSSocket, readNothing);
    secured.on('error', ignoreLateError);
    await waitForEvent(secured, 'secureConnect', { signal, waitedFor: `the TLS handshake with ${host}` });
    facts = { mode, ...handshakeFacts(secured) };
    const certificate = secured.getPeerX509Certificate();
    if (certificate === undefined) {
      throw new StageFailure({ kind: 'untrusted', text: `${host} presented no certificate.` });
    }
    const certificateSeen = certificateFacts(certificate, redactor);
    facts = { ...facts, certificate: certificateSeen };
    const reason = distrust(secured, certificate, certificateSeen, host);
    if (reason !== undefined) throw new StageFailure({ kind: 'untrusted', ...reason });
    return { stage: stage.ok(facts), socket: secured };
  } catch (error) {
    // TLS reports every end of the plain socket as a close. Only the error of the plain socket shows whether it was a
    // reset.
    const cause = error instanceof StageFailure ? error : (socket.errored ?? error);
    secured?.destroy();
    socket.destroy();
    return { stage: stage.failed(failureOf(cause, `TLS handshake with ${host}`, redactor), facts) };
  }
}

/** Every socket keeps this listener. Without any listener, a late error would end the process. */
export function ignoreLateError(): void {}

// A closed socket stays in memory until the next full garbage collection, with everything that its functions refer to.
// These two refer to nothing.

/** `distrust` checks the name. */
function acceptAnyName(): undefined {}

function readNothing(): object {
  return {};
}

function handshakeFacts(socket: TLSSocket): Pick<StageFacts['tls'], 'protocol' | 'cipher'> {
  const protocol = socket.getProtocol();
  return { ...(protocol === null ? {} : { protocol }), cipher: socket.getCipher().name };
}
