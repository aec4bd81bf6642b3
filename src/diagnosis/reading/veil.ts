/**
 * Nothing that could be a secret leaves with the evidence of a pasted text: values of telling names, Authorization
 * headers, secrets of Entra's shape, tokens, and base64 of any length that could hold one.
 */
import { cleanText } from '../../model/text.ts';

const MARK = '[redacted]';
const LONGEST = 300;

export function veil(text: string, longest = LONGEST): string {
  return cleanText(
    text
      .replace(
        /((?:client_?secret|client_?assertion|pass(?:word|wd|phrase)?1?|pwd|secret|access_?token|refresh_?token|id_?token|api_?key)["']?\s?[=:]\s?["']?)(?!\[redacted)[^\s"'&,;]{3,}/gi,
        `$1${MARK}`,
      )
      .replace(
        /\b(authorization["']?\s?[=:]\s?["']?(?:basic|bearer|negotiate|ntlm)?\s?)[^\s"',;]{6,}/gi,
        `$1${MARK}`,
      )
      .replace(/\b(bearer\s)[\w.~+/=-]{8,}/gi, `$1${MARK}`)
      .replace(/(\bLOGIN\s"?[^\s"]{1,100}"?\s)\S+/g, (whole, head: string) =>
        /LOGIN (?:failed|completed)/i.test(whole) ? whole : `${head}${MARK}`,
      )
      .replace(/(\bPASS\s)\S+/g, `$1${MARK}`)
      .replace(/\beyJ[\w-]{8,}[\w.-]*/g, MARK)
      .replace(/[\w.~-]{3}\dQ~[\w.~-]{20,}/g, MARK)
      .replace(/[\w+/=%-]{48,}/g, MARK),
    longest,
  );
}
