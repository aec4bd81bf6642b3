/** `/expiries`: the page with the end dates of credentials and certificates. */
import { expiriesPage } from '../page/expiries-page.ts';
import { allServerCertificates } from '../server-certificates.ts';
import { PAGE_ANSWER, sendPage } from './page-answer.ts';
import type { Route } from './route.ts';

const getExpiries: Route = {
  id: 'getExpiriesPage',
  method: 'GET',
  path: '/expiries',
  tag: 'state',
  access: 'page',
  summary: 'The page of end dates, the next one first',
  conditional: true,
  answers: PAGE_ANSWER,
  handler: (context) => async (_, reply) => {
    const { source, redactor, banner } = context;
    return await sendPage(context, reply, async () => {
      const { at: now, targets } = source.snapshot();
      const serverCertificates = await allServerCertificates(targets);
      const expiries = { apps: source.apps(), credentials: source.credentials(), serverCertificates, now };
      return expiriesPage(expiries, redactor, banner);
    });
  },
};

export const EXPIRY_PAGE_ROUTES: readonly Route[] = [getExpiries];
