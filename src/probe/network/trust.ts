/**
 * Whom do we trust? Node's own roots (with NODE_EXTRA_CA_CERTS), the operating system's, and the configured file.
 * All three: a container image often lacks the system's store, and a company's root is often only there.
 */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** More than one configuration ever has; bounds what reloads leave behind. */
const MOST_CONTEXTS = 8;

const contexts = new Map<string, SecureContext>();
let roots: readonly string[] | undefined;

/** Does what takes long the first time, before any stage is timed. What cannot be read is told by the handshake. */
export function prepareTrust(ca: string | undefined): void {
  try {
    secureContextFor(ca);
  } catch {
    // `secure` meets the same error, and has a stage to tell it in.
  }
}

/**
 * Shared by all connections with the same `ca` (PEM): reading some 150 roots costs far more than a handshake.
 * Throws where OpenSSL cannot read it. The system's store is read once, in about a tenth of a second.
 */
export function secureContextFor(ca = ''): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  roots ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  const context = createSecureContext({ ca: ca === '' ? [...roots] : [...roots, ca], minVersion: 'TLSv1.2' });
  const oldest = contexts.size >= MOST_CONTEXTS ? contexts.keys().next().value : undefined;
  if (oldest !== undefined) contexts.delete(oldest);
  contexts.set(ca, context);
  return context;
}
