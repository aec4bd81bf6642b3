/** Incidents and maintenance windows over time: which are marked, when the mark goes, and what is sent when. */
import { expect, test } from 'vitest';
import type { MaintenanceSettings } from '../../src/config/memory-settings.ts';
import type { Incident } from '../../src/model/incident.ts';
import { aTarget, NOON } from '../support/builders.ts';
import type { ProbeName } from '../status/story.ts';
import { MINUTE, remember, type Remembered } from './world.ts';

const A = aTarget({ mailbox: 'a' });
const STEP_MINUTES = 5;

type Span = readonly [from: number, until: number];

interface Case {
  /** In minutes. */
  readonly windows: readonly Span[];
  readonly announced?: readonly Span[];
  /** `refused` in this span, `ok` outside of it. */
  readonly down: Span;
  /** The minute in which the mark comes (id) or goes (`-`). */
  readonly marks: readonly string[];
  /** The minute of each message. */
  readonly sent: readonly string[];
  readonly restartAt?: number;
}

const CASES: readonly [string, Case][] = [
  [
    'without a window it is not marked, and sent',
    { windows: [], down: [30, 60], marks: ['35 -'], sent: ['36 opened', '61 closed'] },
  ],
  [
    'one that opens and closes within a window is marked and never sent',
    { windows: [[20, 90]], down: [30, 60], marks: ['35 w0'], sent: [] },
  ],
  [
    'a window of the API does the same',
    { windows: [], announced: [[20, 90]], down: [30, 60], marks: ['35 api'], sent: [] },
  ],
  [
    'a window that ends while it is down: the mark goes, and it is sent',
    { windows: [[20, 50]], down: [30, 90], marks: ['35 w0', '50 -'], sent: ['50 opened', '91 closed'] },
  ],
  [
    'so of the API',
    {
      windows: [],
      announced: [[20, 50]],
      down: [30, 90],
      marks: ['35 api', '50 -'],
      sent: ['50 opened', '91 closed'],
    },
  ],
  [
    'one that opened before the window is not marked',
    { windows: [[45, 120]], down: [30, 90], marks: ['35 -'], sent: ['36 opened', '120 closed'] },
  ],
  [
    'a window that begins within another and ends later: marked and silent throughout',
    {
      windows: [
        [20, 50],
        [40, 120],
      ],
      down: [30, 90],
      marks: ['35 w0', '40 w1'],
      sent: [],
    },
  ],
  [
    'the same of configuration and API',
    { windows: [[20, 50]], announced: [[40, 120]], down: [30, 90], marks: ['35 w0', '40 api'], sent: [] },
  ],
  [
    'it opens in one window and is confirmed in two',
    {
      windows: [
        [20, 50],
        [33, 120],
      ],
      down: [30, 90],
      marks: ['35 w1'],
      sent: [],
    },
  ],
  [
    'overlapping windows that both end while it is down',
    {
      windows: [
        [20, 50],
        [40, 70],
      ],
      down: [30, 90],
      marks: ['35 w0', '40 w1', '70 -'],
      sent: ['70 opened', '91 closed'],
    },
  ],
  [
    'a window within another',
    {
      windows: [
        [20, 70],
        [40, 50],
      ],
      down: [30, 60],
      marks: ['35 w0'],
      sent: [],
    },
  ],
  [
    'a restart within the window changes nothing',
    {
      windows: [[20, 50]],
      down: [30, 90],
      restartAt: 40,
      marks: ['35 w0', '50 -'],
      sent: ['50 opened', '91 closed'],
    },
  ],
  [
    'nor one between overlapping windows',
    {
      windows: [[20, 50]],
      announced: [[40, 120]],
      down: [30, 90],
      restartAt: 45,
      marks: ['35 w0', '40 api'],
      sent: [],
    },
  ],
];

function configured(windows: readonly Span[]): MaintenanceSettings {
  return {
    plans: [],
    windows: windows.map(([from, until], at) => ({
      id: `w${at}`,
      from: NOON + from * MINUTE,
      until: NOON + until * MINUTE,
      by: 'configuration',
      note: '',
    })),
  };
}

async function play({ windows, announced = [], down, restartAt }: Case): Promise<{
  readonly world: Remembered;
  readonly marks: readonly string[];
}> {
  const world = remember([A], configured(windows));
  for (const [from, until] of announced)
    await world.book().announce({
      from: NOON + from * MINUTE,
      until: NOON + until * MINUTE,
      by: 'Ada',
      note: '',
    });
  const marks: string[] = [];
  const note = (minute: number): void => {
    const [incident] = world.incidents();
    if (incident === undefined) return;
    const mark = incident.maintenance ?? '-';
    const name = mark.startsWith('w') || mark === '-' ? mark : 'api';
    if (marks.at(-1)?.split(' ')[1] !== name) marks.push(`${minute} ${name}`);
  };
  for (let minute = 0; minute < 150; minute += 1) {
    const outcome: ProbeName = minute >= down[0] && minute < down[1] ? 'refused' : 'ok';
    if (minute % STEP_MINUTES === 0) world.probe(A, outcome);
    note(minute);
    if (minute === restartAt) await world.restart();
    await world.pass(MINUTE);
    note(minute + 1);
  }
  return { world, marks };
}

test.each(CASES)('%s', async (_, given) => {
  const { world, marks } = await play(given);
  expect(marks).toEqual(given.marks);
  expect(world.sent.map(inShort)).toEqual(given.sent);
  expect(world.planned.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
  const [opening] = world.planned;
  expect(given.marks[0]).toMatch(isMarkOf(opening?.incident));
  const [stored, ...others] = await world.stored();
  expect(others).toEqual([]);
  expect(given.marks.at(-1)).toMatch(isMarkOf(stored));
});

function inShort(message: string): string {
  const [minute = '', headline = ''] = message.split(/ (.*)/);
  return `${minute} ${headline.startsWith('Resolved') ? 'closed' : 'opened'}`;
}

function isMarkOf(incident: Incident | undefined): RegExp {
  const { maintenance } = incident ?? {};
  if (maintenance === undefined) return / -$/;
  return maintenance.startsWith('w') ? new RegExp(` ${maintenance}$`) : / api$/;
}
