/** The parts of a certificate that a pasted text shows. */
export interface PastedCertificate {
  /** The common name. */
  readonly subject?: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly validity?: { readonly notBefore: number; readonly notAfter: number };
}
