/**
 * Finds the certificate that a pasted `openssl s_client` session shows. The issuer of the certificate shows whether a
 * TLS interceptor signed it.
 */
import type { PastedCertificate } from '../model/pasted-certificate.ts';
import { knownIssuerIn } from '../vocabulary/issuers.ts';
import type { Finder } from './finder.ts';
import { isDomain } from './identifiers.ts';

/** Shown in place of an issuer that the vocabulary does not know. */
const UNKNOWN_ISSUER = 'an authority that is not known here';

export function certificateIn(finder: Finder): PastedCertificate | undefined {
  const issuer =
    nameAfter(finder, ['issuer=', 'i:'], /(?:^|\s)(?:issuer=|i:) ?(.{1,300})/) ??
    // Some libraries print the certificate whose issuer they could not find. It is an intermediate certificate.
    nameAfter(finder, ['issuer certificate: /'], /issuer certificate: (\/.{1,300})/);
  if (issuer === undefined) return undefined;
  const subject = commonNameIn(nameAfter(finder, ['subject=', 's:'], /(?:^|\s)(?:subject=|s:) ?(.{1,300})/));
  const validity = validityIn(finder);
  return {
    ...(subject === undefined ? {} : { subject }),
    issuer: knownIssuerIn(issuer) ?? UNKNOWN_ISSUER,
    ...(validity === undefined ? {} : { validity }),
  };
}

/** Returns the common name if it is a host name. Undefined for other names, which must not be shown. */
function commonNameIn(subject = ''): string | undefined {
  const name = /\bCN\s?=\s?(?:\*\.)?([\w.-]{1,253})/.exec(subject)?.[1];
  return name !== undefined && isDomain(name) ? name : undefined;
}

function nameAfter(finder: Finder, hints: readonly string[], pattern: RegExp): string | undefined {
  for (const hint of hints) {
    for (const { at } of finder.places(hint).slice(0, 20)) {
      const [line = ''] = finder.text.slice(at, at + 400).split('\n', 1);
      const name = pattern.exec(line)?.[1];
      if (name !== undefined && /\b(?:CN|O|C)\s?=/.test(name)) return name;
    }
  }
  return undefined;
}

function validityIn(finder: Finder): PastedCertificate['validity'] {
  const notBefore = dateAfter(finder, 'notbefore');
  const notAfter = dateAfter(finder, 'notafter');
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
}

function dateAfter(finder: Finder, hint: string): number | undefined {
  const hit = finder.find([hint]);
  const words =
    hit === undefined
      ? undefined
      : /^not(?:before|after)[=:] ?([\w: ]{10,40}GMT)/i.exec(finder.text.slice(hit.at, hit.at + 80))?.[1];
  const time = words === undefined ? Number.NaN : Date.parse(words);
  return Number.isNaN(time) ? undefined : time;
}
