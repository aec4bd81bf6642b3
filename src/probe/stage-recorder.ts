/**
 * Runs, times and records the stages of one probe. In the end, each stage name is recorded once, whatever failed.
 * Called by `probe`.
 */
import { STAGE_NAMES, type Stage, type StageName, type StageOf } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import { orLeftBehind } from './deadline.ts';
import { failureOfAbort } from './network/system-failure.ts';
import type { Step } from './protocol/conversation.ts';
import { beginStage, skippedStage } from './stage.ts';
import { StageFailure } from './stage-failure.ts';

export interface StageRecorder {
  /**
   * Runs a stage and records it. Returns true if it succeeds. A `StageFailure` is recorded as the failure of the stage,
   * and any other error as a bug. Ends when the signal aborts, even if `act` does not end. Never rejects.
   */
  readonly run: <S extends StageName>(
    stage: S,
    signal: AbortSignal,
    act: () => Promise<Step<S>>,
  ) => Promise<boolean>;
  /**
   * Does the same for a stage that has a result, and returns the result. Undefined if the stage failed or has no
   * result.
   */
  readonly runFor: <S extends StageName, T>(
    stage: S,
    signal: AbortSignal,
    act: () => Promise<Step<S> & { readonly value?: T | undefined }>,
  ) => Promise<T | undefined>;
  /**
   * Runs several stages that measure their own durations, and returns their result. If a bug or the signal ends them
   * early, `stage` is recorded as failed and the result is undefined.
   */
  readonly runAll: <T>(
    stage: StageName,
    signal: AbortSignal,
    act: () => Promise<{ readonly stages: readonly Stage[]; readonly value?: T | undefined }>,
  ) => Promise<T | undefined>;
  /** Records a stage that was run elsewhere. */
  readonly record: (stage: Stage) => void;
  /** Returns all stages in order. A stage that never ran has the outcome `skipped`. */
  readonly stages: () => readonly Stage[];
}

export function createStageRecorder(
  onBug: (error: unknown) => void,
  onBegin: (stage: StageName) => void = () => undefined,
): StageRecorder {
  const recorded = new Map<StageName, Stage>();
  const record = <S extends StageName>(name: S, stage: StageOf<S>): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript does not see that `StageOf<S>` is a member of the union for every S
    recorded.set(name, stage as Stage);
  };
  for (const name of STAGE_NAMES) record(name, skippedStage(name));
  const failureOf = (error: unknown): Failure => {
    if (error instanceof StageFailure) return error.failure;
    onBug(error);
    return BUG;
  };

  const runStage = async <S extends StageName, R extends Step<S>>(
    name: S,
    signal: AbortSignal,
    act: () => Promise<R>,
  ): Promise<R | undefined> => {
    const stage = beginStage(name);
    onBegin(name);
    const nothing = skippedStage(name).facts;
    try {
      const step = await orLeftBehind(act(), signal, () => undefined);
      const { facts, failure } = step ?? { facts: nothing, failure: stoppedAt(name, signal) };
      record(name, failure === undefined ? stage.ok(facts) : stage.failed(failure, facts));
      return failure === undefined ? step : undefined;
    } catch (error) {
      record(name, stage.failed(failureOf(error), nothing));
      return undefined;
    }
  };

  return {
    run: async (name, signal, act) => (await runStage(name, signal, act)) !== undefined,
    runFor: async (name, signal, act) => (await runStage(name, signal, act))?.value,
    runAll: async (name, signal, act) => {
      const stage = beginStage(name);
      const nothing = skippedStage(name).facts;
      try {
        const done = await orLeftBehind(act(), signal, () => undefined);
        if (done === undefined) record(name, stage.failed(stoppedAt(name, signal), nothing));
        for (const each of done?.stages ?? []) recorded.set(each.stage, each);
        return done?.value;
      } catch (error) {
        record(name, stage.failed(failureOf(error), nothing));
        return undefined;
      }
    },
    record: (stage) => void recorded.set(stage.stage, stage),
    // The map is in the order of `STAGE_NAMES`. The spread makes an array without spare capacity, which saves memory.
    stages: () => [...recorded.values()],
  };
}

function stoppedAt(name: StageName, signal: AbortSignal): Failure {
  return failureOfAbort(signal, `the end of the stage ${name}`);
}

const BUG = {
  kind: 'unexpected',
  text: 'A bug in mailprobe ended this stage; its log has the details.',
} as const;
