/** Makes the diagnosis that notifications do not arrive. The daemon calls this while a channel fails. */
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import { diagnoseProber } from './diagnose-prober.ts';

/** `reason` is the receiver's reply, bounded and redacted. */
export function diagnoseNotify(
  failing: readonly { readonly channel: string; readonly reason: string }[],
  now: number,
  prober = PROBER,
): Diagnosis {
  const finding = {
    confidence: 'certain',
    about: 'notify',
    because: failing.map(({ channel, reason }) => `channel ${channel}: ${reason}`),
  } as const;
  return diagnoseProber('notification-failing', finding, now, prober);
}
