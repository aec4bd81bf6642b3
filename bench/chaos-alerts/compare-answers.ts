/** Requests the same paths from two replicas, and returns the differences of their answers. Used by `run-alerts.ts`. */
import { get } from '../chaos/get.ts';

/** A difference as text: `path.to.field: here, there`. */
export type Difference = string;

const PATHS = ['/health', '/api/v1/mailboxes', '/api/v1/problems', '/api/v1/incidents'] as const;
/**
 * Fields of the last probe. The replica that ran the probe knows them some seconds before the other replica, and
 * `evidence` quotes ids and times of the probe.
 */
const OF_LAST_PROBE: ReadonlySet<string> = new Set(['observedValue', 'evidence']);
const TIMES: ReadonlySet<string> = new Set(['time', 'last_run', 'last_success']);
/** One interval of 30 s with its jitter, and the time to write a result and to read it. */
const LATER_MS = 40_000;
const TIMEOUT_MS = 15_000;

export async function compareAnswers(urls: readonly [string, string]): Promise<readonly Difference[]> {
  const now = Date.now();
  const [from, until] = [now - 3_600_000, now].map((at) => new Date(at).toISOString());
  const found = await Promise.all(
    [...PATHS, `/api/v1/availability?by=app&from=${from}&until=${until}`].map(async (path) => {
      const [one, other] = await Promise.all(urls.map(async (url) => await answerOf(`${url}${path}`)));
      return differences(one, other, path);
    }),
  );
  return found.flat();
}

async function answerOf(url: string): Promise<unknown> {
  const answer = await get(url, TIMEOUT_MS).catch(() => undefined);
  if (answer === undefined) return { url, failure: `no answer within ${TIMEOUT_MS} ms` };
  const content: unknown = JSON.parse(answer.body);
  return { status: answer.status, content };
}

export function differences(one: unknown, other: unknown, path: string): readonly Difference[] {
  if (isRecord(one) && isRecord(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) =>
      isAlike(key, one[key], other[key]) ? [] : differences(one[key], other[key], `${path}.${key}`),
    );
  }
  const [here, there] = [JSON.stringify(one), JSON.stringify(other)];
  return here === there ? [] : [`${path}: ${here}, ${there}`];
}

function isAlike(key: string, one: unknown, other: unknown): boolean {
  if (OF_LAST_PROBE.has(key)) return typeof one === typeof other;
  return TIMES.has(key) && Math.abs(Date.parse(String(one)) - Date.parse(String(other))) < LATER_MS;
}

/** Also true for an array, whose indices are then the keys. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
