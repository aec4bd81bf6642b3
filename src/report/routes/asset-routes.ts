/** `/assets/NAME`: the script of the pages. `/docs/diagnoses`: the handbook of the running version. */
import { etagOf, sendConditional } from '../http/conditional.ts';
import { idParameter } from '../http/parameters.ts';
import { ProblemError } from '../http/problem-details.ts';
import { readHandbook, readScripts } from '../page/assets.ts';
import { PAGE_ANSWER } from './page-answer.ts';
import type { Route } from './route.ts';

const getAsset: Route = {
  id: 'getAsset',
  method: 'GET',
  path: '/assets/:id',
  tag: 'service',
  access: 'page',
  summary: 'A script of the pages',
  parameters: [idParameter('Name of the file.')],
  conditional: true,
  answers: { 200: { description: 'A module.', content: { 'text/javascript': 'text' } } },
  handler: () => {
    const scripts = new Map(readScripts().map(({ name, text }) => [name, { text, etag: etagOf(text) }]));
    return ({ params: { id } }, reply) => {
      const script = scripts.get(id);
      if (script === undefined) throw new ProblemError('no-such-route', 'The pages have no such script.');
      return sendConditional(reply, 'text/javascript; charset=utf-8', script.text, script.etag);
    };
  },
};

const getHandbook: Route = {
  id: 'getHandbook',
  method: 'GET',
  path: '/docs/diagnoses',
  tag: 'service',
  access: 'page',
  summary: 'The page of all causes; the id of a cause is its anchor',
  conditional: true,
  answers: PAGE_ANSWER,
  handler: ({ redactor, banner }) => {
    const markdown = readHandbook();
    /** The library that parses Markdown is loaded at the first request. */
    const render = async (): Promise<string> => {
      const { handbookPage } = await import('../page/handbook-page.ts');
      return handbookPage(markdown, redactor, banner);
    };
    let rendered: Promise<string> | undefined;
    return async (_, reply) =>
      sendConditional(reply, 'text/html; charset=utf-8', await (rendered ??= render()));
  },
};

export const ASSET_ROUTES: readonly Route[] = [getAsset, getHandbook];
