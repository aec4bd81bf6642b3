/**
 * One probe in full, as text for people: every stage with its facts, its failure, and the lines that were sent and
 * received. Printed by `check --trace` and `/probe?debug=true`.
 */
import type { Evidence } from '../model/evidence.ts';
import type { TraceLine } from '../model/trace.ts';
import { stageView } from './resource/stage.ts';

const NAME_WIDTH = 9;
const OUTCOME_WIDTH = 8;

export function traceText(evidence: Pick<Evidence, 'stages'>, lines: readonly TraceLine[]): string {
  return evidence.stages
    .filter(({ outcome }) => outcome !== 'skipped')
    .map((stage) => {
      const { facts } = stageView(stage);
      const time = `${(stage.seconds * 1000).toFixed(0)} ms`;
      const known = Object.keys(facts ?? {}).length === 0 ? '' : `  ${JSON.stringify(facts)}`;
      return [
        `${stage.stage.padEnd(NAME_WIDTH)} ${stage.outcome.padEnd(OUTCOME_WIDTH)} ${time}${known}`,
        ...lines
          .filter((line) => line.stage === stage.stage)
          .map(({ from, text }) => `  ${from === 'client' ? 'C' : 'S'}: ${text}`),
        ...(stage.failure === undefined ? [] : [`  ${stage.failure.kind}: ${stage.failure.text}`]),
        '',
      ].join('\n');
    })
    .join('');
}
