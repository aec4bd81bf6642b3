import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largeFleet, PAGES } from './large-fleet.ts';
import { createFleetServer } from './large-fleet-server.ts';

/** What the time to the first paint depends on; `bench/page.ts` measures it. */
describe('of 10,000 mailboxes with hundreds of incidents', () => {
  let server: FastifyInstance;
  beforeAll(async () => {
    server = await createFleetServer(largeFleet(10_000));
  });
  afterAll(async () => {
    await server.close();
  });

  test.each(PAGES)('%s is bounded', async (path) => {
    const { statusCode, body } = await server.inject(path);
    expect(statusCode).toBe(200);
    expect(Buffer.byteLength(body)).toBeLessThan(300_000);
    expect(body.match(/<[a-z]/g)?.length).toBeLessThan(3_000);
  });

  test('an incident names its mailboxes once for each time, and where all of them are', async () => {
    const { body } = await server.inject(PAGES.find((path) => path.startsWith('/incidents/')) ?? '');
    const affected = /<h2 id="affected">(.*?)<\/section>/s.exec(body)?.[1] ?? '';
    expect(affected).toMatch(/^[\d,]+ affected mailboxes<\/h2>/);
    expect(affected.match(/<li>/g)).toHaveLength(1);
    expect(affected.match(/href="\/mailboxes\//g)).toHaveLength(100);
    expect(affected).toMatch(/[\d,]+ more: <a href="\/api\/v1\/incidents\//);
  });
});
