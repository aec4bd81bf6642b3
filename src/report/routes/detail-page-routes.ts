/** `/mailboxes/ID`, `/apps/ID` and `/problems/ID`: the pages of single objects. */
import type { AvailabilityRow } from '../../model/availability.ts';
import { isCause } from '../../model/cause.ts';
import { DAY_MS } from '../../model/duration.ts';
import { selects } from '../../model/maintenance.ts';
import { StoreError } from '../../model/store-error.ts';
import { cleanText } from '../../model/text.ts';
import { idParameter } from '../http/parameters.ts';
import { ProblemError } from '../http/problem-details.ts';
import { appPage } from '../page/app-page.ts';
import { LONGEST_MS } from '../page/history-bars.ts';
import { createHtmlTag } from '../page/html.ts';
import { ageNote, holderOf } from '../resource/replica.ts';
import { mailboxPage } from '../page/mailbox-page.ts';
import { openItems } from '../page/open-items.ts';
import { problemPage } from '../page/problem-page.ts';
import { selectIncidents, selectProblems } from '../select.ts';
import type { Past } from '../source.ts';
import { PAGE_ANSWER, sendPage } from './page-answer.ts';
import { selected, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const MOST_INCIDENTS = 20;
const MONTH_MS = 30 * DAY_MS;
/** The availability of all apps is cached for this long, because it is computed from all mailboxes. */
const AVAILABILITY_MS = 5 * 60_000;
const NO_LABELS: ReadonlyMap<string, string> = new Map();

const getMailboxPage: Route = {
  id: 'getMailboxPage',
  method: 'GET',
  path: '/mailboxes/:id',
  tag: 'state',
  access: 'page',
  summary: 'The page of one mailbox: verdict, fix, stages, history',
  parameters: [idParameter('Id of the mailbox in the configuration.')],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['unknown-mailbox'],
  handler: (context) => async (request, reply) => {
    const { source, redactor, banner, mayAct, metrics } = context;
    const { id } = request.params;
    return await sendPage(context, reply, async () => {
      const snapshot = source.snapshot();
      const selection = { mailbox: id, labels: NO_LABELS };
      const mailboxes = selected(source, snapshot, selection);
      const [status] = mailboxes;
      if (status === undefined) throw unknown('mailbox', id);
      const now = snapshot.at;
      const { mailbox } = status;
      const past = await whileStoreIsThere(source.past, async (asked) => ({
        spans: await asked.conditions(mailbox, { from: now - LONGEST_MS, until: now }),
        incidents: (await asked.incidents({ mailbox: id, limit: MOST_INCIDENTS })).items,
      }));
      return mailboxPage(createHtmlTag(redactor), {
        mailbox: status,
        items: openItems(
          selectProblems(snapshot.problems, selection, mailboxes),
          selectIncidents(source.incidents.all(), selection, mailboxes),
        ),
        apps: source.apps(),
        credentials: source.credentials(),
        latenciesOf: metrics.latenciesOf,
        past,
        maintenance: source.maintenance.inForce(now).filter((window) => selects(window, mailbox)),
        holder: holderOf(source.replicas(), mailbox.app),
        mayAct: mayAct(request),
        banner: banner ?? ageNote(source.replicas(), now),
        now,
      });
    });
  },
};

const getAppPage: Route = {
  id: 'getAppPage',
  method: 'GET',
  path: '/apps/:id',
  tag: 'state',
  access: 'page',
  summary: 'The page of one app: verdict, credential, mailboxes',
  parameters: [idParameter('Id of the app in the configuration.')],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['unknown-app'],
  handler: (context) => {
    const { source, redactor, banner, mayAct } = context;
    const availabilityOf = createAvailability();
    return async (request, reply) => {
      const { id } = request.params;
      return await sendPage(context, reply, async () => {
        const app = source.apps().find((one) => one.id === id);
        if (app === undefined) throw unknown('app', id);
        const snapshot = source.snapshot();
        const selection = { app: id, labels: NO_LABELS };
        const mailboxes = selected(source, snapshot, selection);
        const problems = selectProblems(snapshot.problems, selection, mailboxes);
        const past = await whileStoreIsThere(source.past, async (asked) => ({
          availability: (await availabilityOf(asked, snapshot.at)).find(({ subject }) => subject === id),
          incidents: (await asked.incidents({ app: id, limit: MOST_INCIDENTS })).items,
        }));
        return appPage(createHtmlTag(redactor), {
          app,
          mailboxes,
          problems,
          items: openItems(problems, selectIncidents(source.incidents.all(), selection, mailboxes)),
          credentials: source.credentials().filter((one) => one.app === id),
          past,
          inForce: source.maintenance.inForce(snapshot.at),
          mayAct: mayAct(request),
          banner,
          now: snapshot.at,
        });
      });
    };
  },
};

const getProblemPage: Route = {
  id: 'getProblemPage',
  method: 'GET',
  path: '/problems/:id',
  tag: 'state',
  access: 'page',
  summary: 'The page of one problem, open or not: verdict, fix, incidents',
  parameters: [idParameter('`cause:scope:subject`, as in /api/v1/problems.')],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['unknown-problem'],
  handler: (context) => async (request, reply) => {
    const { source, redactor, banner } = context;
    const { id } = request.params;
    const [cause = ''] = id.split(':');
    if (!isCause(cause)) {
      const detail = `"${cleanText(id, 120)}" is no problem: expected cause:scope:subject with a cause of /docs/diagnoses.`;
      throw new ProblemError('unknown-problem', detail);
    }
    return await sendPage(context, reply, async () => {
      const { at: now, problems } = source.snapshot();
      const past = await whileStoreIsThere(source.past, async (asked) => {
        const { items } = await asked.incidents({ cause, limit: 5 * MOST_INCIDENTS });
        return items.filter(({ problem }) => problem === id).slice(0, MOST_INCIDENTS);
      });
      return problemPage(createHtmlTag(redactor), {
        id,
        cause,
        problem: problems.find((one) => one.id === id),
        incident: source.incidents.all().find((one) => one.problem === id && one.state !== 'closed'),
        past,
        banner,
        now,
      });
    });
  },
};

export const DETAIL_PAGE_ROUTES: readonly Route[] = [getMailboxPage, getAppPage, getProblemPage];

/**
 * Returns what `ask` resolves to. Undefined while the store is unavailable, so that the page can still show the current
 * state.
 */
async function whileStoreIsThere<T>(past: Past, ask: (past: Past) => Promise<T>): Promise<T | undefined> {
  try {
    return await ask(past);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

/** Returns a function for the availability of all apps. Its result is cached and shared by all requests. */
function createAvailability(): (past: Past, now: number) => Promise<readonly AvailabilityRow[]> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let known: Promise<readonly AvailabilityRow[]> | undefined;
  return async (past, now) => {
    if (known === undefined || now - askedAt > AVAILABILITY_MS) {
      askedAt = now;
      const asked = past.availability({ from: now - MONTH_MS, until: now }, 'app');
      known = asked;
      asked.catch(() => {
        if (known === asked) known = undefined;
      });
    }
    return await known;
  };
}
