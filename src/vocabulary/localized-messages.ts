/**
 * Messages of Windows, .NET and glibc in languages other than English, by code. The tables of messages in this folder
 * include them. Python, Java, Node, Go and others pass the system's messages on. Lower case.
 *
 * Both files hold German, French, Spanish, Italian, Portuguese, Dutch, Polish, Danish, Swedish, Czech, Russian,
 * Japanese and Chinese, in this order. The messages of glibc are from version 2.36. Where a message consists of two
 * everyday words, the entry includes the text before it. Messages of Windows (WSA..., CRYPT_E_...) and of the .NET
 * Framework are cut to the part that their versions and translations share.
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
