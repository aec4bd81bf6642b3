/**
 * Runs the sandbox in its own process. The only message is the tenant, and the answer is the addresses. Forked by
 * `run-chaos.ts`.
 */
import type { WatchedSandbox } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { answerWith } from './forked.ts';

export type StartedSandbox = WatchedSandbox & { readonly control: string };

answerWith(async (message): Promise<StartedSandbox> => {
  const tenant: Tenant = JSON.parse(message);
  return { ...(await createSandbox({ tenant, failureDelayMs: 5 })), tenant };
});
