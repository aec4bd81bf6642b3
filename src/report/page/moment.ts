/** A point in time on the page, in UTC: short text, with the exact time as tooltip and for machines. */
import { rfc3339 } from '../resource/json.ts';
import type { Html, HtmlTag } from './html.ts';

export function moment(html: HtmlTag, at: number): Html {
  const exact = rfc3339(at);
  if (exact === null) return html`unknown`;
  return html`<time datetime="${exact}" title="${exact}">${exact.slice(0, 10)} ${exact.slice(11, 16)} UTC</time>`;
}
