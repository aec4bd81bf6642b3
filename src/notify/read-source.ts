/**
 * Reads the URL or key of a channel from its source. The channels read it for each message, so that a new secret needs
 * no restart.
 */
import type { UrlSource } from '../model/notification.ts';
import type { SecretSource } from '../model/target.ts';
import type { ChannelEdges } from './channel.ts';

/** The reason why a channel cannot be used. Its message is written for operators. */
export class ChannelFault extends Error {
  override readonly name = 'ChannelFault';
}

/** Returns the URL. Adds the parts that may be secret to the redactor. Rejects with `ChannelFault`. */
export async function readUrl(source: UrlSource, edges: ChannelEdges): Promise<URL> {
  if (source.from === 'text') {
    // A URL in the configuration may contain a token, too.
    for (const part of tokensIn(source.url)) edges.redactor.add(part);
    return source.url;
  }
  const text = await readKey(source, edges);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ChannelFault(
      `expected an http or https URL in ${placeOf(source)}, got a text of ${text.length} characters`,
    );
  const { pathname, search, searchParams } = url;
  for (const part of [`${pathname}${search}`, ...searchParams.values(), ...tokensIn(url)])
    edges.redactor.add(part);
  return url;
}

/**
 * Returns the parts of the path and query that may be secret: those with a digit. A part without a digit may be a
 * common word, and the redactor would remove that word from other texts.
 */
function tokensIn({ pathname, searchParams }: URL): readonly string[] {
  return [...pathname.split('/'), ...searchParams.values()].filter((part) => /\d/.test(part));
}

/** Returns the secret without surrounding space, and adds it to the redactor. Rejects with `ChannelFault`. */
export async function readKey(source: SecretSource, edges: ChannelEdges): Promise<string> {
  try {
    const secret = await edges.readSecret(source);
    const value = secret.reveal().trim();
    edges.redactor.add(value);
    return value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    throw new ChannelFault(edges.redactor.redact(`${placeOf(source)}: ${reason}`));
  }
}

function placeOf(source: SecretSource): string {
  return source.from === 'file' ? `the file ${source.path}` : `the environment variable ${source.name}`;
}

/**
 * Returns `retry` for a `ChannelFault`, because the operator may fix it before the next attempt. Throws any other
 * error.
 */
export function faultResult(error: unknown): { readonly outcome: 'retry'; readonly reason: string } {
  if (error instanceof ChannelFault) return { outcome: 'retry', reason: error.message };
  throw error;
}
