/** The certificate in a pasted `openssl s_client` session: its issuer names who intercepts. */
import type { CertificateFacts } from '../../model/evidence.ts';
import { cleanText } from '../../model/text.ts';
import type { Finder } from './finder.ts';

/** Dates that the session does not show are 0. */
export function certificateIn(finder: Finder): CertificateFacts | undefined {
  const issuer = nameAfter(finder, ['issuer=', 'i:'], /(?:^|\s)(?:issuer=|i:) ?(.{1,300})/);
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
