/**
 * Points in time and ages on the pages, with the exact time as the tooltip. They are in UTC until the script changes
 * them to the reader's zone.
 */
import { durationText } from '../../model/duration-text.ts';
import { rfc3339 } from '../resource/json.ts';
import type { Html, HtmlTag } from './html.ts';

export function moment(html: HtmlTag, at: number): Html {
  const exact = rfc3339(at);
  if (exact === null) return html`unknown`;
  return html`<time datetime="${exact}" title="${exact}">${exact.slice(0, 10)} ${exact.slice(11, 16)} UTC</time>`;
}

export function day(html: HtmlTag, at: number): Html {
  const exact = rfc3339(at);
  if (exact === null) return html`unknown`;
  return html`<time datetime="${exact}" title="${exact}" data-day>${exact.slice(0, 10)}</time>`;
}

/** Shows how much time has passed since `since`: `2 h 5 min`. */
export function age(html: HtmlTag, since: number, now: number): Html {
  const exact = rfc3339(since);
  if (exact === null) return html`unknown`;
  return html`<time datetime="${exact}" title="since ${exact}" data-age>${durationText(now - since)}</time>`;
}
