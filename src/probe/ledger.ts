/**
 * Keeps the stages of one look: runs them, times them, and makes sure that each name is there once at the end,
 * whatever went wrong. Called by `probe`.
 */
import { STAGE_NAMES, type Stage, type StageName, type StageOf } from '../model/evidence.ts';
import { orLeftBehind } from './deadline.ts';
import { failureOfAbort } from './network/system-failure.ts';
import type { Step } from './protocol/conversation.ts';
import { beginStage, skippedStage } from './stage.ts';
import { StageFailure } from './stage-failure.ts';

export interface Ledger {
  /**
   * Runs a stage and records it; true when it went well. Never rejects: a `StageFailure` is how a stage fails,
   * anything else is a bug. Ends when the signal speaks, even if `act` does not.
   */
  readonly run: <S extends StageName>(
    stage: S,
    signal: AbortSignal,
    act: () => Promise<Step<S>>,
  ) => Promise<boolean>;
  /** Records a stage that somebody else ran. */
  readonly record: (stage: Stage) => void;
  /** All of them, in order; what was never run is skipped. */
  readonly stages: () => readonly Stage[];
}

export function createLedger(onBug: (error: unknown) => void): Ledger {
  const recorded = new Map<StageName, StageOf<StageName>>();
  const record = (stage: StageOf<StageName>): void => {
    recorded.set(stage.stage, stage);
  };
  return {
    run: async (name, signal, act) => {
      const stage = beginStage(name);
      const nothing = skippedStage(name).facts;
      const stopped = (): Step<typeof name> => ({
        facts: nothing,
        failure: failureOfAbort(signal, `the end of the stage ${name}`),
      });
      try {
        const { facts, failure } = await orLeftBehind(act(), signal, stopped);
        record(failure === undefined ? stage.ok(facts) : stage.failed(failure, facts));
        return failure === undefined;
      } catch (error) {
        const isFailure = error instanceof StageFailure;
        if (!isFailure) onBug(error);
        record(stage.failed(isFailure ? error.failure : BUG, nothing));
        return false;
      }
    },
    record,
    stages: () => STAGE_NAMES.map((name) => recorded.get(name) ?? skippedStage(name)).filter(isStage),
  };
}

/** Facts and name belong together: they were recorded by one `run`, whose types say so. */
function isStage(stage: StageOf<StageName>): stage is Stage {
  return STAGE_NAMES.includes(stage.stage);
}

const BUG = {
  kind: 'unexpected',
  text: 'mailprobe met a bug of its own; its log has the details.',
} as const;
