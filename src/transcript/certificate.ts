/** The certificate in a pasted `openssl s_client` session: its issuer names who intercepts. */
import type { CertificateFacts } from '../model/evidence.ts';
import { cleanText } from '../model/text.ts';
import type { Finder } from './finder.ts';

/** Dates that the session does not show are 0. */
export function certificateIn(finder: Finder): CertificateFacts | undefined {
  const issuer =
    nameAfter(finder, ['issuer=', 'i:'], /(?:^|\s)(?:issuer=|i:) ?(.{1,300})/) ??
    // Where a library names the certificate whose issuer it lacks, that is the chain's own.
    nameAfter(finder, ['issuer certificate: /'], /issuer certificate: (\/.{1,300})/);
  if (issuer === undefined) return undefined;
  const subject = nameAfter(finder, ['subject=', 's:'], /(?:^|\s)(?:subject=|s:) ?(.{1,300})/) ?? 'unknown';
  return {
    subject,
    issuer,
    names: [],
    notBefore: dateAfter(finder, 'notbefore'),
    notAfter: dateAfter(finder, 'notafter'),
    fingerprint256: '',
  };
}

/** Makers of devices and programs that open TLS and sign with a root of their own. */
const INTERCEPTORS =
  /zscaler|forti(?:net|gate)|palo ?alto|netskope|blue ?coat|symantec web|sophos|umbrella|mcafee|trellix|forcepoint|websense|watchguard|check ?point|untangle|cato networks|iboss|barracuda|smoothwall|kaspersky|avast|avg |eset ssl|bitdefender|norton|menlo/i;

export function isInterceptors({ issuer }: CertificateFacts): boolean {
  return INTERCEPTORS.test(issuer);
}

function nameAfter(finder: Finder, hints: readonly string[], pattern: RegExp): string | undefined {
  for (const hint of hints) {
    for (const { at } of finder.places(hint).slice(0, 20)) {
      const [line = ''] = finder.text.slice(at, at + 400).split('\n', 1);
      const name = pattern.exec(line)?.[1];
      if (name !== undefined && /\b(?:CN|O|C)\s?=/.test(name)) return cleanText(name, 200);
    }
  }
  return undefined;
}

function dateAfter(finder: Finder, hint: string): number {
  const hit = finder.find([hint]);
  const words =
    hit === undefined
      ? undefined
      : /^not(?:before|after)[=:] ?([\w: ]{10,40}GMT)/i.exec(finder.text.slice(hit.at, hit.at + 80))?.[1];
  const time = words === undefined ? Number.NaN : Date.parse(words);
  return Number.isNaN(time) ? 0 : time;
}
