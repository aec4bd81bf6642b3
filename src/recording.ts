/**
 * Stores the results of the probes, sends notifications about them, and publishes them as server-sent events. Created
 * by `prober.ts`.
 */
import type { Logger } from 'pino';
import { createAnnouncer, type Announcer } from './announcer.ts';
import type { Config } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';
import type { Incident, IncidentChange } from './model/incident.ts';
import type { Redactor } from './model/redactor.ts';
import type { ProblemChange, StatusChange } from './model/status.ts';
import type { Steps } from './model/steps.ts';
import { createOverloadNote } from './fit.ts';
import { inSlices } from './in-slices.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import { inMemory, type OpenedStore } from './open-store.ts';
import { createRemembering, type Remembering } from './remember.ts';
import { createEvents, type Events } from './report/events.ts';
import type { Watching } from './watching.ts';

export interface RecordingParts extends Surroundings {
  readonly watching: Watching;
  readonly opened?: OpenedStore;
  /** The name of this replica, if there are several. */
  readonly prober?: string;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** True if the tenant is simulated. Every notification then begins with the word SIMULATED. */
  readonly simulated: boolean;
  readonly reportChange: (change: StatusChange) => void;
  /** The combined state of all replicas. Absent if replicas do not share a store. */
  readonly whole?: {
    readonly incidents: (own: readonly Incident[]) => readonly Incident[];
    readonly publishNews: (now: number) => void;
  };
  readonly onBug: (error: unknown) => void;
}

export interface Recording {
  readonly events: Events;
  readonly announcer: Announcer;
  readonly remembering: Remembering;
  readonly notifications: Notifications;
  /** Call this after each change of the configuration, when the engine has it. */
  readonly update: (config: Config) => void;
  /** Stops announcing and publishing. */
  readonly stop: () => void;
  /** Writes all pending changes. Call this when all probes have ended. */
  readonly close: () => Promise<void>;
}

export function createRecording(initial: Config, parts: RecordingParts): Recording {
  const { watching, redactor, whole, opened = inMemory(), onBug } = parts;
  const { engine, scheduler } = watching;
  const noteOverload = createOverloadNote(scheduler.overload, engine.recordOverload);
  const events = createEvents(redactor);
  const notifications = createNotifications(initial, {
    ...parts,
    engine,
    remembering: () => remembering,
    lagSeconds: scheduler.lagSeconds,
  });
  const remembering = createRemembering({
    ...parts,
    opened,
    engine,
    plan: notifications.plan,
    ...(whole && { allIncidents: whole.incidents }),
    onBeat: (now) => {
      noteOverload();
      notifications.review();
      void sweep(now);
    },
  });
  const announcer = createAnnouncer({
    *takeNews(now): Steps<readonly (ProblemChange | IncidentChange)[]> {
      const problems = engine.status.takeNews(now);
      const incidents = yield* remembering.incidents.takeInSteps(problems, now);
      if (whole === undefined) return [...problems, ...incidents];
      whole.publishNews(now);
      return [];
    },
    announce: (change) =>
      'incident' in change ? events.publishIncident(change) : events.publishProblem(change),
    onBug,
  });
  const sweep = createSerialSweep(parts, () => announcer.note());

  return {
    events,
    announcer,
    remembering,
    notifications,
    update: (config) => {
      remembering.update(config);
      notifications.update(config);
      announcer.note();
    },
    stop: () => {
      announcer.close();
      events.close();
    },
    close: remembering.close,
  };
}

/** Looks for states that are too old. A sweep that is due while one is under way is left out. */
function createSerialSweep(
  { watching, reportChange, onBug }: RecordingParts,
  onSwept: () => void,
): (now: number) => Promise<void> {
  let isUnderWay = false;
  return async (now) => {
    if (isUnderWay) return;
    isUnderWay = true;
    await inSlices(watching.engine.status.sweep(now, reportChange)).catch(onBug);
    isUnderWay = false;
    onSwept();
  };
}
