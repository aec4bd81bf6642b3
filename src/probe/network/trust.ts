/**
 * Decides which root certificates are trusted: Node's own (with NODE_EXTRA_CA_CERTS), those of the operating system,
 * and those of the configured file. All three are needed: many container images have no system store, and elsewhere a
 * company's root is often only in that store.
 */
import { constants } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** More contexts than one configuration needs. Bounds the contexts that reloads leave behind. */
const MOST_CONTEXTS = 8;

/**
 * The key exchanges that mail programs offer today. Node would add ML-KEM, which costs a tenth of a handshake and makes
 * the first message longer than a packet. A middlebox that drops such a message would look like a server that is down.
 */
const KEY_EXCHANGES = 'X25519:P-256:P-384:P-521';

const contexts = new Map<string, SecureContext>();
let roots: readonly string[] | undefined;

/**
 * Loads the roots, which is slow at first, before any stage is timed. If a store cannot be read, the handshake reports
 * it.
 */
export function prepareTrust(ca: string | undefined): void {
  try {
    secureContextFor(ca);
  } catch {
    // `secure` gets the same error, and has a stage to report it in.
  }
}

/**
 * Returns the context that all connections with the same `ca` (PEM) share, because parsing about 150 roots costs far
 * more than a handshake. The system's store is read once, in about a tenth of a second. Throws if OpenSSL cannot parse
 * `ca`.
 */
export function secureContextFor(ca = ''): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  roots ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  const context = createSecureContext({
    ca: ca === '' ? [...roots] : [...roots, ca],
    minVersion: 'TLSv1.2',
    ecdhCurve: KEY_EXCHANGES,
    // No mail or token server renegotiates. With endless renegotiation, a hostile one could make us pay for a handshake
    // each time.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
  const oldest = contexts.size >= MOST_CONTEXTS ? contexts.keys().next().value : undefined;
  if (oldest !== undefined) contexts.delete(oldest);
  contexts.set(ca, context);
  return context;
}
