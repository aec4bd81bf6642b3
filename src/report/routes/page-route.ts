/** `/`: the overview of what is down and of all mailboxes. */
import { cleanText } from '../../model/text.ts';
import { FILTER_PARAMETERS, LABEL_PREFIX, type Parameter, UP } from '../http/parameters.ts';
import { badParameter, readSelection } from '../http/query.ts';
import { type Grouping, type ListQuery, SORTS } from '../page/mailbox-list.ts';
import { ageNote } from '../resource/replica.ts';
import { overviewPage } from '../page/overview-page.ts';
import { selectIncidents, selectProblems, selectsAll } from '../select.ts';
import { steps } from '../slices.ts';
import { filledIn, PAGE_ANSWER, sendPage } from './page-answer.ts';
import { oneOf } from './one-of.ts';
import { selected } from './route-context.ts';
import type { Route } from './route.ts';

const LONGEST_SEARCH = 100;

const LIST_PARAMETERS: readonly Parameter[] = [
  {
    name: 'q',
    in: 'query',
    description: 'Only mailboxes with this in their id, address or labels.',
    schema: { type: 'string', maxLength: LONGEST_SEARCH },
  },
  {
    name: 'sort',
    in: 'query',
    description: 'Order of the mailboxes.',
    schema: { type: 'string', enum: [...SORTS], default: 'worst' },
  },
  {
    name: 'group',
    in: 'query',
    description: '`app`, or `label.NAME` for the values of a label.',
    schema: { type: 'string' },
  },
  {
    name: 'page',
    in: 'query',
    description: 'Page of the mailboxes.',
    schema: { type: 'integer', minimum: 1, default: 1 },
  },
];

const getPage: Route = {
  id: 'getPage',
  method: 'GET',
  path: '/',
  tag: 'state',
  access: 'page',
  summary: 'The page of failures and of all mailboxes',
  parameters: [...FILTER_PARAMETERS, UP, ...LIST_PARAMETERS],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['unknown-app', 'unknown-mailbox'],
  handler: (context) => async (_, reply, given) => {
    const { source, redactor, banner } = context;
    const query = filledIn(given);
    const selection = readSelection(query);
    const list = readList(query);
    return await sendPage(context, reply, async () => {
      const step = steps();
      const snapshot = source.snapshot();
      const mailboxes = await step(() => selected(source, snapshot, selection));
      const problems = await step(() => selectProblems(snapshot.problems, selection, mailboxes));
      const incidents = await step(() => selectIncidents(source.incidents.all(), selection, mailboxes));
      const overview = {
        snapshot,
        mailboxes,
        problems,
        incidents,
        isFiltered: !selectsAll(selection),
        list,
        query,
        source,
        banner: banner ?? ageNote(source.replicas(), snapshot.at),
      };
      return await overviewPage(overview, redactor);
    });
  },
};

export const PAGE_ROUTES: readonly Route[] = [getPage];

function readList(query: ReadonlyMap<string, string>): ListQuery {
  const search = query.get('q');
  const group = readGroup(query.get('group'));
  const page = query.get('page') ?? '1';
  if (!/^[1-9]\d{0,5}$/.test(page)) {
    throw badParameter('page', `is "${cleanText(page, 40)}". Expected a number from 1 on.`);
  }
  if (search !== undefined && search.length > LONGEST_SEARCH) {
    throw badParameter('q', `is longer than ${LONGEST_SEARCH} characters.`);
  }
  return {
    ...(search === undefined ? {} : { search }),
    ...(group === undefined ? {} : { group }),
    sort: oneOf(query, 'sort', SORTS) ?? 'worst',
    page: Number(page),
  };
}

function readGroup(given: string | undefined): Grouping | undefined {
  if (given === undefined || given === 'app') return given;
  if (given.startsWith(LABEL_PREFIX) && given !== LABEL_PREFIX) {
    return { label: given.slice(LABEL_PREFIX.length) };
  }
  throw badParameter('group', `is "${cleanText(given, 40)}". Expected app or label.NAME.`);
}
