/**
 * Runs the dialogue of a probe with Node's TLS and nothing else. No prober on Node.js can be faster. Used by
 * `prober.ts`.
 */
import { connect } from 'node:tls';
import type { Protocol } from '../../src/model/protocol.ts';
import { secureContextFor } from '../../src/probe/network/trust.ts';
import { dialogues } from './dialogue.ts';

export interface BareTarget {
  readonly protocol: Protocol;
  readonly endpoint: { readonly host: string; readonly port: number };
}

export function createBareProbe(ca: string, token: string): (target: BareTarget) => Promise<void> {
  const secureContext = secureContextFor(ca);
  const steps = dialogues(token);

  return async ({ protocol, endpoint }) => {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ ...endpoint, secureContext });
      let at = 0;
      let rest = '';
      socket.setNoDelay(true).setEncoding('latin1');
      socket.on('error', reject).on('close', resolve);
      socket.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const step = steps[protocol][at];
          if (step === undefined || !new RegExp(step.expect).test(line)) continue;
          at += 1;
          if (step.send === undefined) socket.destroy();
          else socket.write(`${step.send}\r\n`);
        }
      });
    });
  };
}
