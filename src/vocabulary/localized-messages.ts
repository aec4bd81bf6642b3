/**
 * Messages of Windows, .NET and glibc in languages other than English, in lower case, by error code. Python, Java,
 * Node, Go and others print these messages, too.
 * The order of the languages is German, French, Spanish, Italian, Portuguese, Dutch, Polish, Danish, Swedish, Czech,
 * Russian, Japanese, Chinese. The messages of glibc are from version 2.36. A message of only two everyday words
 * includes the text before it. Messages of Windows (WSA..., CRYPT_E_...) and of the .NET Framework are cut to the part
 * that all their versions share.
 */
import glibc from './localized-glibc.json' with { type: 'json' };
import windows from './localized-windows.json' with { type: 'json' };

type Code = keyof typeof glibc | keyof typeof windows;

export const LOCALIZED: Readonly<Record<Code, readonly string[]>> = {
  ENOTFOUND: [...windows.ENOTFOUND, ...glibc.ENOTFOUND],
  EAI_AGAIN: glibc.EAI_AGAIN,
  EPROXY: windows.EPROXY,
  REVOCATION: windows.REVOCATION,
  // In English: The remote certificate is invalid. Could not establish trust relationship.
  UNTRUSTED: windows.UNTRUSTED,
  // In English: Could not create SSL/TLS secure channel.
  SECURE_CHANNEL: windows.SECURE_CHANNEL,
  ENETUNREACH: [...windows.ENETUNREACH, ...glibc.ENETUNREACH],
  ECONNREFUSED: [...windows.ECONNREFUSED, ...glibc.ECONNREFUSED],
  ETIMEDOUT: [...windows.ETIMEDOUT, ...glibc.ETIMEDOUT],
  ECONNRESET: [...windows.ECONNRESET, ...glibc.ECONNRESET],
};
