/**
 * Which root certificates are trusted? Node's own (with NODE_EXTRA_CA_CERTS), those of the operating system, and those
 * of the configured file. Node's own are needed because many container images have no certificates of the system. Those
 * of the system are needed because a company's own root is often found only there.
 */
import { constants } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Each reload with another `ca` adds a context. Beyond this number, the oldest context is dropped. */
const MOST_CONTEXTS = 8;

/**
 * The key exchanges that mail programs offer today. By default, Node also offers ML-KEM. ML-KEM costs a tenth of a
 * handshake, and makes the first message longer than a packet. If a middlebox dropped such a message, the server would
 * seem to be down.
 */
const KEY_EXCHANGES = 'X25519:P-256:P-384:P-521';

const contexts = new Map<string, SecureContext>();
let roots: readonly string[] | undefined;

/** Loads the roots before any stage is timed, because the first time is slow. An error is reported by the handshake. */
export function prepareTrust(ca: string | undefined): void {
  try {
    secureContextFor(ca);
  } catch {
    // `secure` gets the same error and reports it in its stage.
  }
}

/**
 * Returns the context for `ca` (PEM). All connections with the same `ca` share it, because parsing about 150 roots
 * takes far longer than a handshake. Throws if OpenSSL cannot parse `ca`.
 */
export function secureContextFor(ca = ''): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  roots ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  const context = createSecureContext({
    ca: ca === '' ? [...roots] : [...roots, ca],
    minVersion: 'TLSv1.2',
    ecdhCurve: KEY_EXCHANGES,
    // No mail or token server renegotiates. A hostile server could renegotiate endlessly and so use up our CPU time.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
  const oldest = contexts.size >= MOST_CONTEXTS ? contexts.keys().next().value : undefined;
  if (oldest !== undefined) contexts.delete(oldest);
  contexts.set(ca, context);
  return context;
}
