/**
 * How Windows, .NET and glibc say it in other languages than English, by code: the tables of words beside it take
 * them in. Python, Java, Node, Go and the rest pass the system's words on. Lower case.
 *
 * Both files hold German, French, Spanish, Italian, Portuguese, Dutch, Polish, Danish, Swedish, Czech, Russian,
 * Japanese and Chinese, in this order. glibc's are of version 2.36; where a message is two everyday words, what stands
 * before it belongs to it. Those of Windows (WSA..., CRYPT_E_...) and of the .NET Framework are cut to the part that
 * their versions and translations share.
 */
import glibc from './localized-glibc.json' with { type: 'json' };
import windows from './localized-windows.json' with { type: 'json' };

type Code = keyof typeof glibc | keyof typeof windows;

export const LOCALIZED: Readonly<Record<Code, readonly string[]>> = {
  ENOTFOUND: [...windows.ENOTFOUND, ...glibc.ENOTFOUND],
  EAI_AGAIN: glibc.EAI_AGAIN,
  EPROXY: windows.EPROXY,
  REVOCATION: windows.REVOCATION,
  // The remote certificate is invalid; no trust relationship could be established.
  UNTRUSTED: windows.UNTRUSTED,
  // No secure channel could be created.
  SECURE_CHANNEL: windows.SECURE_CHANNEL,
  ENETUNREACH: [...windows.ENETUNREACH, ...glibc.ENETUNREACH],
  ECONNREFUSED: [...windows.ECONNREFUSED, ...glibc.ECONNREFUSED],
  ETIMEDOUT: [...windows.ETIMEDOUT, ...glibc.ETIMEDOUT],
  ECONNRESET: [...windows.ECONNRESET, ...glibc.ECONNRESET],
};
