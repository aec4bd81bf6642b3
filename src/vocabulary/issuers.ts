/** Names of issuers of certificates: authorities that sign Microsoft's certificates, and makers of TLS interceptors. */

/** Authorities that sign, or recently signed, the certificates of Microsoft's mail hosts and token hosts. */
const PUBLIC_ISSUERS = /DigiCert|Microsoft|GlobalSign|Baltimore/i;

/** Makers of devices and programs that intercept TLS and sign with a root of their own. */
const INTERCEPTORS =
  /zscaler|forti(?:net|gate)|palo ?alto|netskope|blue ?coat|symantec web|sophos|umbrella|mcafee|trellix|forcepoint|websense|watchguard|check ?point|untangle|cato networks|iboss|barracuda|smoothwall|kaspersky|avast|avg |eset ssl|bitdefender|norton|menlo/i;

export function isPublicIssuer(issuer: string): boolean {
  return PUBLIC_ISSUERS.test(issuer);
}

export function isInterceptor(issuer: string): boolean {
  return INTERCEPTORS.test(issuer);
}

/** Returns the known name that the issuer contains, with the issuer's capitals. Undefined if there is none. */
export function knownIssuerIn(issuer: string): string | undefined {
  return (INTERCEPTORS.exec(issuer) ?? PUBLIC_ISSUERS.exec(issuer))?.[0].trim();
}
