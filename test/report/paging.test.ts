import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { mailboxListSchema } from '../../src/report/resource/mailbox.ts';
import { problemListSchema } from '../../src/report/resource/problem.ts';
import type { ReportSource } from '../../src/report/source.ts';
import { aTarget } from '../support/builders.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';

let server: FastifyInstance;

beforeEach(async () => {
  server = await aServer();
});

afterEach(async () => {
  await server.close();
});

describe('a list in pages', () => {
  test('holds every item once, in order', async () => {
    const whole = mailboxListSchema.parse((await server.inject('/api/v1/mailboxes')).json());
    const ids: string[] = [];
    let url: string | undefined = '/api/v1/mailboxes?limit=3';
    let pages = 0;
    while (url !== undefined) {
      const answer = await server.inject(url);
      const page = mailboxListSchema.parse(answer.json());
      expect(answer.headers.link).toBe(page.next === undefined ? undefined : `<${page.next}>; rel="next"`);
      ids.push(...page.mailboxes.map(({ id }) => id));
      url = page.next;
      pages += 1;
    }
    expect(ids).toEqual(whole.mailboxes.map(({ id }) => id));
    expect([whole.next, pages]).toEqual([undefined, Math.ceil(ids.length / 3)]);
  });

  test('keeps the filters on the next page', async () => {
    const answer = await server.inject('/api/v1/mailboxes?up=true&limit=1&label.team=r%26d');
    expect(answer.json()).not.toHaveProperty('next');
    const { next } = mailboxListSchema.parse(
      (await server.inject('/api/v1/mailboxes?up=false&limit=1')).json(),
    );
    expect(next).toBe('/api/v1/mailboxes?up=false&limit=1&cursor=sales');
  });

  test('works for problems too', async () => {
    const first = problemListSchema.parse((await server.inject('/api/v1/problems?limit=2')).json());
    const rest = problemListSchema.parse((await server.inject(first.next ?? '')).json());
    const ids = [...first.problems, ...rest.problems].map(({ id }) => id);
    expect([ids, rest.next]).toEqual([SNAPSHOT.problems.map(({ id }) => id), undefined]);
  });

  test('has a thousand items by default', async () => {
    const [like] = SNAPSHOT.targets;
    if (like === undefined) throw new Error('the fleet is empty');
    const targets = Array.from({ length: 1_001 }, (_, at) => ({
      ...like,
      target: aTarget({ mailbox: `m${at}` }),
    }));
    const snapshot: ReportSource['snapshot'] = () => ({ ...SNAPSHOT, targets });
    const large = await aServer(aSource({ snapshot }));
    const page = mailboxListSchema.parse((await large.inject('/api/v1/mailboxes')).json());
    await large.close();
    expect([page.mailboxes.length, page.next]).toEqual([1_000, '/api/v1/mailboxes?cursor=m999']);
  });

  test.each([
    ['limit=0', 'bad-parameter'],
    ['limit=1001', 'bad-parameter'],
    ['limit=-1', 'bad-parameter'],
    ['limit=1e1', 'bad-parameter'],
    ['limit=', 'bad-parameter'],
    ['cursor=gone', 'stale-cursor'],
    ['cursor=', 'stale-cursor'],
    ['app=crm&cursor=qms-inbox', 'stale-cursor'],
  ])('?%s is refused as %s', async (query, type) => {
    const answer = await server.inject(`/api/v1/mailboxes?${query}`);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { type: `urn:mailprobe:problem:${type}` },
    ]);
  });
});

describe('an answer with an ETag', () => {
  const URLS = [
    '/api/v1/mailboxes',
    '/api/v1/mailboxes/sales',
    '/api/v1/apps',
    '/api/v1/apps/plm',
    '/api/v1/credentials',
    '/api/v1/problems',
    '/openapi.json',
  ];

  test.each(URLS)('%s is not sent again to a client that has it', async (url) => {
    const first = await server.inject(url);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^W\/"[\w-]{20,}"$/);
    const again = await server.inject({ url, headers: { 'if-none-match': etag } });
    expect([again.statusCode, again.body, again.headers.etag, again.headers['cache-control']]).toEqual([
      304,
      '',
      etag,
      'private, no-cache',
    ]);
  });

  test.each([
    ['the strong form', (etag: string) => etag.replace('W/', ''), 304],
    ['one of several', (etag: string) => `"x", ${etag} , "y"`, 304],
    ['anything', () => '*', 304],
    ['another', () => 'W/"x"', 200],
    ['no tag at all', () => 'x', 200],
  ])('%s is compared by RFC 9110', async (_, header, status) => {
    const url = '/api/v1/mailboxes';
    const etag = String((await server.inject(url)).headers.etag);
    const answer = await server.inject({ url, headers: { 'if-none-match': header(etag) } });
    expect(answer.statusCode).toBe(status);
  });

  test('changes when the data changes', async () => {
    let targets = SNAPSHOT.targets;
    const changing = await aServer(aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) }));
    const before = (await changing.inject('/api/v1/mailboxes')).headers.etag;
    targets = targets.slice(1);
    const after = (await changing.inject('/api/v1/mailboxes')).headers.etag;
    await changing.close();
    expect(after).not.toBe(before);
  });

  test('is absent from errors', async () => {
    const { headers } = await server.inject('/api/v1/mailboxes/nobody');
    expect([headers.etag, headers['cache-control']]).toEqual([undefined, 'no-store']);
  });
});

describe('a list requested by many clients at once', () => {
  test('is rendered once while its data is unchanged, and again after a change', async () => {
    let written = 0;
    const redactor = createRedactor();
    const counting = {
      ...redactor,
      redact: (text: string): string => {
        written += 1;
        return redactor.redact(text);
      },
    };
    let { targets } = SNAPSHOT;
    const own = await aServer(aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) }), {}, counting);
    const ask = async (): Promise<string> => (await own.inject('/api/v1/mailboxes')).body;
    const first = await ask();
    const writtenOnce = written;
    expect(writtenOnce).toBeGreaterThan(0);
    expect(new Set(await Promise.all(Array.from({ length: 50 }, ask)))).toEqual(new Set([first]));
    expect(written).toBe(writtenOnce);
    targets = targets.slice(0, 2);
    expect(await ask()).not.toBe(first);
    await own.close();
  });

  test('an error is not kept', async () => {
    const url = '/api/v1/mailboxes?app=nobody';
    expect([(await server.inject(url)).statusCode, (await server.inject(url)).statusCode]).toEqual([
      404, 404,
    ]);
  });
});
