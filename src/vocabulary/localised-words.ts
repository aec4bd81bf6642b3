/**
 * How Windows, .NET and glibc say it in other languages than English, by code: the tables of words beside it take
 * them in. Python, Java, Node, Go and the rest pass the system's words on. Lower case.
 */
import { GLIBC } from './localised-glibc-words.ts';
import { WINDOWS } from './localised-windows-words.ts';

export const LOCALISED = {
  ENOTFOUND: [...WINDOWS.ENOTFOUND, ...GLIBC.ENOTFOUND],
  EAI_AGAIN: GLIBC.EAI_AGAIN,
  EPROXY: WINDOWS.EPROXY,
  REVOCATION: WINDOWS.REVOCATION,
  UNTRUSTED: WINDOWS.UNTRUSTED,
  SECURE_CHANNEL: WINDOWS.SECURE_CHANNEL,
  ENETUNREACH: [...WINDOWS.ENETUNREACH, ...GLIBC.ENETUNREACH],
  ECONNREFUSED: [...WINDOWS.ECONNREFUSED, ...GLIBC.ECONNREFUSED],
  ETIMEDOUT: [...WINDOWS.ETIMEDOUT, ...GLIBC.ETIMEDOUT],
  ECONNRESET: [...WINDOWS.ECONNRESET, ...GLIBC.ECONNRESET],
} as const;
