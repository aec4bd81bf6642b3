/**
 * Reads a text file for the configuration. Refuses other encodings than UTF-8, with a message for people. The callers
 * interpret the text.
 */
import { FileError, type Files } from '../model/files.ts';

/** Returns the text, with a byte order mark if the file has one. Rejects with `FileError` only. */
export async function readText(files: Files, path: string, limitBytes: number): Promise<string> {
  const bytes = await files.read(path, limitBytes);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileError(
      'file-not-utf8',
      'it is UTF-16 (as Windows PowerShell writes with ">"): save it as UTF-8',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Invalid UTF-8 is reported below.
  }
  throw new FileError('file-not-utf8', 'it is not UTF-8 text');
}
