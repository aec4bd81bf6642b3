/** The page that is shown after an error. It has the content of the API's problem details. */
import type { Redactor } from '../../model/redactor.ts';
import type { ProblemDetails } from '../http/problem-details.ts';
import { createHtmlTag } from './html.ts';
import { pageDocument } from './page-document.ts';

export function errorPage({ title, status, detail }: ProblemDetails, redactor: Redactor): string {
  const html = createHtmlTag(redactor);
  return pageDocument(html, {
    title,
    status: undefined,
    banner: undefined,
    header: html`<h1>${title}</h1>`,
    main: html`<p>${detail}</p>
<p><a href="/">What is known now</a></p>`,
    footer: html`<p>HTTP ${status}</p>`,
  });
}
