/**
 * The schemas of values that Entra, Exchange or the network define: tenant, client id, address, host, proxy. Values
 * that can never work are refused here, each with its own message. Used by the other schemas, and by `init` for its
 * answers.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { addFault, line, mismatch, text, words } from './fields.ts';
import type { Fault } from './config-error.ts';
import { shownKind } from './shown.ts';

const GUID = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';
const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const CONTROL = /\p{Cc}/u;

/** An id contains no space, because internal keys separate ids by spaces. It is also part of metrics and URLs. */
export const identifier = (what: 'app' | 'mailbox' | 'window' | 'channel' | 'replica') =>
  text({
    expected: `the id of ${what === 'app' ? 'an app' : `a ${what}`}: letters, digits, ".", "_" and "-", at most 100, a letter or digit first`,
    code: 'not-an-id',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  });

export const tenant = text({
  expected: 'a directory (tenant) id such as 11111111-2222-3333-4444-555555555555, or a domain of the tenant',
  code: 'not-a-tenant',
  pattern: new RegExp(`^(?:${GUID}|${LABEL}(?:\\.${LABEL})+)$`),
  fault: (value): Fault | undefined =>
    /^(?:common|organizations|consumers)$/i.test(value)
      ? {
          code: 'tenant-endpoint-common',
          message: `expected the tenant itself, got "${value.toLowerCase()}", which works for signed-in users only`,
          hint: 'take the Directory (tenant) ID from the Overview page of the app registration',
        }
      : undefined,
});

export const clientId = text({
  expected: 'an application (client) id such as 66666666-7777-8888-9999-000000000000',
  code: 'not-a-guid',
  pattern: new RegExp(`^${GUID}$`),
  // The value is not quoted: secret and client id are copied from the same portal page, and are easily swapped.
  echo: shownKind,
});

/**
 * The address of a mailbox. XOAUTH2 and RFC 7628 put it between %x01 characters, so a control character would change
 * the SASL string.
 */
export const address = text({
  expected: 'an address such as quality@contoso.example',
  code: 'not-an-address',
  pattern: /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,255}$/u,
  fault: (value): Fault | undefined =>
    CONTROL.test(value)
      ? {
          code: 'address-control-character',
          message: `${mismatch('an address', value)}, which holds a line end or another control character`,
        }
      : undefined,
});

export const labels = z.record(
  text({
    expected: 'a label name: letters, digits and "_", not beginning with a digit or "__"',
    code: 'not-a-label-name',
    pattern: /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}$/,
  }),
  line('a text of 1 to 200 characters', 'not-a-label-value', 200),
  words('a mapping of label names to texts, such as { team: quality }'),
);

export const scope = text({
  expected: 'a scope that ends in /.default, such as https://outlook.office365.com/.default',
  code: 'not-a-default-scope',
  pattern: /^[^\s]{1,490}\/\.default$/,
});

const hostPattern = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*\\.?|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$`);
const hostExpected = 'a host name or IP address, without a port';

export const host = text({
  expected: hostExpected,
  code: 'not-a-host',
  pattern: hostPattern,
  fault: (value) =>
    value.includes(':') && isIP(value) === 0
      ? { code: 'not-a-host', message: mismatch(hostExpected, value), hint: 'the port has its own key' }
      : undefined,
});

const LISTEN = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;
const listenExpected = 'host:port, such as 127.0.0.1:10993 or [::1]:10993';

export const listen = text({
  expected: listenExpected,
  code: 'not-a-listen-address',
  pattern: LISTEN,
}).transform((value, faults) => {
  const [, ipv6, name, port] = LISTEN.exec(value) ?? [];
  const badHost = ipv6 !== undefined && isIP(ipv6) !== 6;
  if (badHost || Number(port) > 65_535) {
    addFault(faults, { code: 'not-a-listen-address', message: mismatch(listenExpected, value) });
  }
  return { host: ipv6 ?? name ?? '', port: Number(port) };
});

const proxyExpected = 'an http, https or socks5 URL such as http://proxy.example:3128, or none';

/** A URL, or null for no proxy. An error never quotes the URL, because it may hold a password. */
export const proxy = text({
  expected: proxyExpected,
  code: 'not-a-proxy',
  pattern: /^(?:none|(?:https?|socks5):\/\/[^/?#\s]+\/?)$/,
  fault: (value) =>
    value === 'none' || URL.canParse(value)
      ? undefined
      : { code: 'not-a-proxy', message: mismatch(proxyExpected, value, shownKind) },
  echo: shownKind,
})
  .transform((value) => (URL.canParse(value) ? new URL(value) : null))
  .nullable();
