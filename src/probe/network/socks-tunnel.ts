/**
 * Asks a proxy for a tunnel to the target by SOCKS5 (RFC 1928, RFC 1929). The proxy resolves the name of the target.
 * The `socks` package is not used: it leaves a timer behind after each attempt, can throw in its data handler, and can
 * lose the bytes after the answer.
 */
import { isIPv4, isIPv6, type Socket } from 'node:net';
import { endpointName } from '../../model/target.ts';
import type { ProxyCredentials, TunnelOptions, TunnelTarget } from './tunnel.ts';
import { readAnswer, type Parse } from './wait-on.ts';
import { StageFailure } from '../stage-failure.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0x00;
const USER_AND_PASSWORD = 0x02;
const NONE_ACCEPTABLE = 0xff;
const SUCCEEDED = 0x00;
const MOST_ANSWER_BYTES = 512;
/** The length of a field is one byte. */
const LONGEST_FIELD = 255;

/** Maps the reply field (RFC 1928, section 6) to the proxy's refusal. */
const REFUSALS: ReadonlyMap<number, readonly [code: string, text: string]> = new Map([
  [1, ['SOCKS_GENERAL_FAILURE', 'general SOCKS server failure']],
  [2, ['SOCKS_NOT_ALLOWED', 'connection not allowed by ruleset']],
  [3, ['SOCKS_NETWORK_UNREACHABLE', 'network unreachable']],
  [4, ['SOCKS_HOST_UNREACHABLE', 'host unreachable']],
  [5, ['SOCKS_CONNECTION_REFUSED', 'connection refused']],
  [6, ['SOCKS_TTL_EXPIRED', 'TTL expired']],
  [7, ['SOCKS_COMMAND_NOT_SUPPORTED', 'command not supported']],
  [8, ['SOCKS_ADDRESS_TYPE_NOT_SUPPORTED', 'address type not supported']],
]);

/** Resolves when the tunnel is open. Rejects with a `StageFailure` or the socket's error. */
export async function requestSocksTunnel(
  socket: Socket,
  target: TunnelTarget,
  { name, credentials, signal }: TunnelOptions,
): Promise<void> {
  const authority = endpointName(target);
  const ask = async (request: Buffer, parse: Parse<number>, what: string): Promise<number> => {
    socket.write(request);
    return await readAnswer(socket, parse, MOST_ANSWER_BYTES, {
      signal,
      waitedFor: `the proxy ${name} to ${what}`,
    });
  };
  const refusal = (code: string, what: string): StageFailure =>
    new StageFailure({ kind: 'proxy', code, text: `The proxy ${name} ${what}.` });

  const methods = credentials === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USER_AND_PASSWORD];
  const greeting = Buffer.from([VERSION, methods.length, ...methods]);
  const method = await ask(greeting, parsePair(VERSION), 'choose an authentication method');
  if (method === USER_AND_PASSWORD && credentials !== undefined) {
    const status = await ask(passwordRequest(credentials), parsePair(1), 'check our credentials');
    if (status !== SUCCEEDED) {
      throw refusal('SOCKS_AUTHENTICATION_FAILED', 'refused the configured user and password');
    }
  } else if (method === USER_AND_PASSWORD || method === NONE_ACCEPTABLE) {
    const has =
      credentials === undefined
        ? 'no user and password are configured'
        : 'it does not accept user and password';
    throw refusal('SOCKS_NO_ACCEPTABLE_METHOD', `accepts none of our authentication methods: ${has}`);
  } else if (method !== NO_AUTHENTICATION) {
    throw refusal('SOCKS_NO_ACCEPTABLE_METHOD', 'chose an authentication method that we did not offer');
  }

  const reply = await ask(connectRequest(target), parseReply, `connect to ${authority}`);
  if (reply === SUCCEEDED) return;
  const [code, text] = REFUSALS.get(reply) ?? ['SOCKS_UNKNOWN_REPLY', `unknown reply ${reply}`];
  throw refusal(code, `did not connect to ${authority}: ${text}`);
}

/** Parses two bytes: the version, which must be `version`, and the answer. */
function parsePair(version: number): Parse<number> {
  return (bytes) => {
    requireVersion(bytes, version);
    const value = bytes[1];
    return value === undefined ? undefined : { answer: value, length: 2 };
  };
}

/** Parses the reply field. After it comes an address, which is only skipped. */
const parseReply: Parse<number> = (bytes) => {
  requireVersion(bytes, VERSION);
  const [, reply, , type, nameLength] = bytes;
  // Some proxies close after a refusal without sending the address.
  if (reply !== undefined && reply !== SUCCEEDED) return { answer: reply, length: bytes.length };
  if (reply === undefined || type === undefined || nameLength === undefined) return undefined;
  const addressLength = new Map([
    [1, 4],
    [3, 1 + nameLength],
    [4, 16],
  ]).get(type);
  if (addressLength === undefined) throw notSocks();
  const length = 4 + addressLength + 2;
  return bytes.length < length ? undefined : { answer: reply, length };
};

function requireVersion(bytes: Buffer, version: number): void {
  if (bytes.length > 0 && bytes[0] !== version) throw notSocks();
}

function notSocks(): StageFailure {
  return new StageFailure({ kind: 'proxy', text: 'The proxy did not answer as a SOCKS5 server does.' });
}

function connectRequest({ host, port }: TunnelTarget): Buffer {
  return Buffer.concat([
    Buffer.from([VERSION, 1, 0]),
    addressBytes(host),
    Buffer.from([port >> 8, port & 0xff]),
  ]);
}

/** A name is sent unresolved, because the proxy's resolver may know more names than ours. */
function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIPv6(host)) return Buffer.from([4, ...ipv6Bytes(host)]);
  return Buffer.concat([Buffer.from([3]), field(host, 'host name')]);
}

/**
 * Returns the 16 bytes of an IPv6 address. The URL parser writes every form of an address as groups of hex digits with
 * at most one `::`.
 */
function ipv6Bytes(host: string): readonly number[] {
  const [head = '', tail = ''] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...(left ?? []), ...(right ?? [])];
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  return groups
    .toSpliced(left?.length ?? 0, 0, ...zeros)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
}

function passwordRequest({ user, password }: ProxyCredentials): Buffer {
  return Buffer.concat([Buffer.from([1]), field(user, 'proxy user'), field(password, 'proxy password')]);
}

/**
 * Encodes the length as one byte, then the text. Throws a `StageFailure` if the text is longer than `LONGEST_FIELD`.
 */
function field(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > LONGEST_FIELD) {
    throw new StageFailure({ kind: 'proxy', text: `The ${what} is longer than the 255 bytes of SOCKS5.` });
  }
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}
