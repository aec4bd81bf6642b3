/** Which door a route stands behind, by its pattern. What is not in the table stands behind that of the API. */
import type { Access } from '../http/guard.ts';
import { OPERATIONS } from './operations.ts';

const BY_PATH: ReadonlyMap<string, Access> = new Map(OPERATIONS.map(({ path, access }) => [path, access]));

export function accessTo(route: string | undefined): Access {
  return (route === undefined ? undefined : BY_PATH.get(route)) ?? 'api';
}
