/** Which hosts a pasted statement names, and what they are to us. */
import { describe, expect, test } from 'vitest';
import { hostsIn } from '../../src/transcript/hosts.ts';

describe('a host is read out of', () => {
  test.each([
    [
      'a URL',
      'GET https://login.microsoftonline.com/x failed',
      'login.microsoftonline.com',
      undefined,
      'token',
    ],
    ['a URL with a port', 'imaps://mail.contoso.example:993/INBOX', 'mail.contoso.example', 993, 'mail'],
    [
      'a URL with a name and password',
      'redis://u:p@cache.contoso.example:6379',
      'cache.contoso.example',
      6379,
      'unknown',
    ],
    [
      "the resolver's words",
      'getaddrinfo ENOTFOUND outlook.office365.com',
      'outlook.office365.com',
      undefined,
      'mail',
    ],
    [
      "Go's words",
      'dial tcp: lookup login.microsoftonline.com on 10.0.0.2:53',
      'login.microsoftonline.com',
      undefined,
      'token',
    ],
    [
      "requests' words",
      "HTTPSConnectionPool(host='api.openai.com', port=443)",
      'api.openai.com',
      443,
      'unknown',
    ],
    ['host:port', 'Connecting to mail.contoso.com:995 failed', 'mail.contoso.com', 995, 'mail'],
    [
      "Java's host/address",
      'outlook.office365.com/2603:1026:c03::2:993',
      'outlook.office365.com',
      undefined,
      'mail',
    ],
    [
      "mbsync's host (address:port)",
      'outlook.office365.com (52.96.32.2:1143): refused',
      'outlook.office365.com',
      1143,
      'mail',
    ],
    ['an address of a database', 'connect ECONNREFUSED 10.0.0.5:5432', '10.0.0.5', 5432, 'elsewhere'],
    ['an address and a mail port', 'connect ECONNREFUSED 52.97.1.2:993', '52.97.1.2', 993, 'mail'],
    [
      'a proxy, which stands in front of the token host',
      'ENOTFOUND proxy.contoso.example',
      'proxy.contoso.example',
      undefined,
      'token',
    ],
  ])('%s', (_name, text, host, port, role) => {
    expect(hostsIn(text)).toContainEqual({ host, role, ...(port === undefined ? {} : { port }) });
  });
});

test.each([
  ['a file and a line', 'net/imap.rb:1454'],
  ['a script', 'File "imaplib.py", line 993'],
  ['a class', 'at MailKit.Net.Imap.ImapClient.Connect(String host, Int32 port)'],
  ['a version', '/gems/net-imap-0.5.11/lib'],
  ['a time of day', 'at 10:00:00.123'],
])('%s is no host', (_name, text) => {
  expect(hostsIn(text)).toEqual([]);
});
