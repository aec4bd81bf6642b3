/** A situation: what happens, and what is reported of the first mailbox after each step. */
import type { Stage, StageOptions } from '../support/stage.ts';
import type { Office } from './office.ts';

export interface Situation {
  /** Reads as a sentence. */
  readonly name: string;
  readonly office: () => Office;
  readonly options?: Partial<StageOptions>;
  /** What is reported after each step: see `reportedAt`. */
  readonly play: (stage: Stage, office: Office) => Promise<readonly string[]>;
  readonly story: readonly string[];
  /** Causes that must be among the candidates in the end. */
  readonly listed?: readonly string[];
  /** Causes that the wire proves; no other may be certain. */
  readonly certain?: readonly string[];
  /** How often a mailbox was confirmed down, over all protocols. */
  readonly downs: number;
}

/** `opens`, or the first cause, of the first mailbox over each protocol; and the causes of the open problems. */
export function reportedAt(
  { targets, statusOf, problems }: Stage,
  mailbox = targets[0]?.mailbox.id ?? '',
): string {
  const verdicts = targets
    .filter((target) => target.mailbox.id === mailbox)
    .map(({ protocol }) => {
      const probe = statusOf(mailbox, protocol)?.lastProbe;
      return probe?.success === true ? 'opens' : (probe?.diagnoses[0]?.cause ?? 'not probed');
    });
  const reported = [...new Set(verdicts)].join(', then ');
  const open = problems().map(({ cause, scope }) => `${cause} (${scope})`);
  return open.length === 0 ? reported : `${reported}; open: ${[...new Set(open)].sort().join(', ')}`;
}
