/** `/health`: the health of mailboxes, for programs that depend on them. */
import { ProblemError } from '../http/problem-details.ts';
import { FILTER_PARAMETERS, switchParameter } from '../http/parameters.ts';
import { readSelection, readSwitch } from '../http/query.ts';
import { healthCounts } from '../health.ts';
import { healthOf, healthSchema } from '../resource/health.ts';
import { ageNote } from '../resource/replica.ts';
import { selectProblems, selectsAll } from '../select.ts';
import { steps } from '../slices.ts';
import { selected, sendHealth } from './route-context.ts';
import type { Route } from './route.ts';

const getHealth: Route = {
  id: 'getHealth',
  method: 'GET',
  path: '/health',
  tag: 'state',
  access: 'anyone',
  summary: 'One word for machines: pass, warn or fail',
  description: 'If tokens are set and none is sent, the answer is only that one word.',
  parameters: [...FILTER_PARAMETERS, switchParameter('minimal', 'Only that one word.')],
  answers: {
    200: { description: '`pass` or `warn`.', content: { 'application/health+json': healthSchema } },
    503: { description: '`fail`: a mailbox is down.', content: { 'application/health+json': healthSchema } },
  },
  problems: ['unknown-app', 'unknown-mailbox', 'nothing-selected'],
  handler:
    ({ source, redactor, admits }) =>
    async (request, reply, query) => {
      const selection = readSelection(query);
      const step = steps();
      const snapshot = source.snapshot();
      const mailboxes = await step(() => selected(source, snapshot, selection));
      if (mailboxes.length === 0 && !selectsAll(selection)) {
        throw new ProblemError(
          'nothing-selected',
          'No mailbox matches these filters, so there is no health to report. Check labels and ids.',
        );
      }
      const problems = await step(() => selectProblems(snapshot.problems, selection, mailboxes));
      const windows = source.maintenance.inForce(snapshot.at);
      const remarks = [ageNote(source.replicas(), snapshot.at) ?? []].flat();
      const counts = await step(() => healthCounts(mailboxes));
      const health = await step(() =>
        healthOf(mailboxes, counts, problems, source.build.version, snapshot.at, windows, remarks),
      );
      const minimal = readSwitch(query, 'minimal') || !admits(request, 'health');
      return sendHealth(reply, minimal ? { status: health.status } : health, redactor);
    },
};

export const HEALTH_ROUTES: readonly Route[] = [getHealth];
