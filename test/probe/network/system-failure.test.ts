import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { failureOf, failureOfAbort } from '../../../src/probe/network/system-failure.ts';

function thrown(members: object, message = 'raw message'): Error {
  return Object.assign(new Error(message), members);
}

describe('failureOf', () => {
  test.each([
    ['ENOTFOUND', -3008, 'dns', 'unknown node or service'],
    ['EAI_AGAIN', -3001, 'dns', 'temporary failure'],
    ['ECONNREFUSED', -111, 'refused', 'connection refused'],
    ['ENETUNREACH', -101, 'unreachable', 'network is unreachable'],
    ['EHOSTUNREACH', -113, 'unreachable', 'host is unreachable'],
    ['EACCES', -13, 'unreachable', 'permission denied'],
    ['EADDRNOTAVAIL', -99, 'unreachable', 'address not available'],
    ['ETIMEDOUT', -110, 'timeout', 'connection timed out'],
    ['ECONNRESET', -104, 'reset', 'connection reset by peer'],
    ['EPIPE', -32, 'reset', 'broken pipe'],
    ['EMFILE', -24, 'unexpected', 'too many open files'],
  ])('%s of the system', (code, errno, kind, words) => {
    const failure = failureOf(thrown({ code, errno, syscall: 'some' }), 'Doing it', createRedactor());
    expect(failure).toEqual({ kind, code, text: `Doing it: ${words} (${code}).` });
  });

  test.each([
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tlsv1 alert protocol version', 'tls'],
    ['EPROTO', 'wrong version number', 'tls'],
    ['HPE_INVALID_CONSTANT', 'Expected HTTP/', 'protocol'],
  ])('%s has its text as a reason', (code, reason, kind) => {
    const failure = failureOf(thrown({ code, reason, errno: -71 }), 'Doing it', createRedactor());
    expect(failure).toEqual({ kind, code, text: `Doing it: ${reason} (${code}).` });
  });

  test('an end that Node calls a reset is a close', () => {
    const failure = failureOf(thrown({ code: 'ECONNRESET' }, 'socket hang up'), 'Doing it', createRedactor());
    expect(failure).toEqual({ kind: 'closed', text: 'Doing it: the other side closed the connection.' });
  });

  test.each([
    ['an error without a code', new TypeError('cannot read x'), 'Doing it: cannot read x.'],
    ['a value that is not an error', 'a string', 'Doing it: a value that is not an error was thrown.'],
  ])('%s is unexpected', (_, error, text) => {
    expect(failureOf(error, 'Doing it', createRedactor())).toEqual({ kind: 'unexpected', text });
  });

  test('a secret in a message is not shown', () => {
    const redactor = createRedactor();
    redactor.add('the-secret-value');
    const failure = failureOf(new Error('bad the-secret-value\r\n'), 'Doing it', redactor);
    expect(failure.text).toBe('Doing it: bad [redacted] .');
  });
});

test.each([
  [
    'the deadline of AbortSignal.timeout is silence',
    new DOMException('', 'TimeoutError'),
    'timeout',
    'The time limit ended',
  ],
  ['an abort without a reason is a stop', undefined, 'aborted', 'Stopped'],
  ['any other reason is a stop', 'shutdown', 'aborted', 'Stopped'],
])('%s', (_, reason, kind, words) => {
  expect(failureOfAbort(AbortSignal.abort(reason), 'the greeting')).toEqual({
    kind,
    text: `${words} while waiting for the greeting.`,
  });
});
