/**
 * Floods inside TLS that carry no data: key updates (RFC 8446, section 4.6.3) and renegotiations (RFC 5246, section
 * 7.4.1.1). A client that only reads data never sees them. Used by `hostile-mail.ts`.
 */
import { createCipheriv, createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import tls, { TLSSocket } from 'node:tls';

/** Node.js first sends two session tickets, which use the keys of the data. */
const TICKETS = 2;
const RECORDS_AT_ONCE = 100;
const MOST_RECORDS = 200_000;
/**
 * The handshake message key_update, whose one byte asks the other side to update its keys, too. The last byte is the
 * record type handshake.
 */
const KEY_UPDATE = Buffer.from([24, 0, 0, 1, 1, 22]);
const TAG_BYTES = 16;
const HEADER = Buffer.from([23, 3, 3, 0, KEY_UPDATE.length + TAG_BYTES]);

/** `secret`: the server's traffic secret. `sent`: how many records of data were encrypted with it. */
export function floodKeyUpdates(raw: Socket, secret: Buffer, sent: number): void {
  let current = secret;
  let at = 0;
  const write = (): void => {
    if (at >= MOST_RECORDS || raw.destroyed) return void raw.destroy();
    const records: Buffer[] = [];
    for (const end = at + RECORDS_AT_ONCE; at < end; at += 1) {
      records.push(keyUpdate(current, at === 0 ? TICKETS + sent : 0));
      current = expand(current, 'traffic upd', current.length);
    }
    // The other servers of this process may run in between.
    if (raw.write(Buffer.concat(records))) setImmediate(write);
    else raw.once('drain', write);
  };
  write();
}

function keyUpdate(secret: Buffer, sequence: number): Buffer {
  // A secret of SHA-384 belongs to AES-256, and one of SHA-256 to AES-128.
  const isLong = secret.length === 48;
  const nonce = expand(secret, 'iv', 12);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  const key = expand(secret, 'key', isLong ? 32 : 16);
  const cipher = createCipheriv(isLong ? 'aes-256-gcm' : 'aes-128-gcm', key, nonce).setAAD(HEADER);
  return Buffer.concat([HEADER, cipher.update(KEY_UPDATE), cipher.final(), cipher.getAuthTag()]);
}

/** HKDF-Expand-Label of RFC 8446, section 7.1. The result fits into one block of the hash. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  const hash = secret.length === 48 ? 'sha384' : 'sha256';
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}

/** Renegotiates again and again, as long as the client takes part. */
export function floodRenegotiations(socket: Socket): void {
  if (!(socket instanceof TLSSocket)) return;
  // Node.js limits renegotiations, although the limit is meant for those that clients begin.
  Reflect.set(tls, 'CLIENT_RENEG_LIMIT', Number.MAX_SAFE_INTEGER);
  const again = (error: Error | null): void => {
    if (error === null && !socket.destroyed) socket.renegotiate({}, again);
  };
  again(null);
}
