/**
 * Writes a value as a PowerShell literal that means exactly this value. Writes only ASCII, because Windows PowerShell
 * 5.1 reads a file without a byte-order mark in the system's own code page. Used by `data.ts`.
 */
import { quotePowerShell } from '../../diagnosis/fix/powershell.ts';

const OUTSIDE_ASCII = /([^\u0020-\u007E])/;

/**
 * Writes a text: `'qms@contoso.example'`, or `('b' + [char]0x00FC + 'ro@contoso.example')`. Each UTF-16 unit outside
 * ASCII becomes a `[char]`.
 */
export function textLiteral(text: string): string {
  if (!OUTSIDE_ASCII.test(text)) return quotePowerShell(text);
  const parts = text
    .split(OUTSIDE_ASCII)
    .map((part) => (OUTSIDE_ASCII.test(part) ? charLiteral(part) : quotePowerShell(part)));
  return `(${parts.join(' + ')})`;
}

export function boolLiteral(value: boolean): string {
  return value ? '$true' : '$false';
}

export function listLiteral(texts: readonly string[]): string {
  return `@(${texts.map(textLiteral).join(', ')})`;
}

function charLiteral(unit: string): string {
  return `[char]0x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
