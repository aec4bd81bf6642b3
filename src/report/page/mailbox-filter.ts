/**
 * A form to search, filter, sort and group the table of mailboxes, and the links to the pages of the table. It works
 * without a script.
 */
import type { App } from '../../model/target.ts';
import type { MailboxStatus } from '../select.ts';
import type { Html, HtmlTag } from './html.ts';
import { countText } from './labels.ts';
import type { MailboxList } from './mailbox-list.ts';

/** If there are more options, a text field replaces the list. */
const MOST_OPTIONS = 200;
const MOST_LABELS = 20;

const STATES = [
  ['', 'all states'],
  ['false', 'down'],
  ['unknown', 'unknown'],
  ['true', 'up'],
] as const;

const SORTS = [
  ['', 'worst first'],
  ['since', 'latest change first'],
  ['name', 'by id'],
  ['app', 'by app'],
] as const;

export type Options = readonly (readonly [value: string, label: string])[];

/** `query` is the query of the page. Filters that the form does not show stay in the query. */
export function filterForm(
  html: HtmlTag,
  query: ReadonlyMap<string, string>,
  apps: readonly App[],
  mailboxes: readonly MailboxStatus[],
): Html {
  const given = (name: string): string => query.get(name) ?? '';
  const kept = [...query].filter(([name]) => name === 'mailbox' || name.startsWith('label.'));
  const groups: Options = [
    ['', 'no groups'],
    ['app', 'by app'],
    ...labelNames(mailboxes).map((name) => [`label.${name}`, `by ${name}`] as const),
  ];
  return html`<form class="filter" action="/" method="get" role="search" aria-label="Mailboxes">
<label>Search <input type="search" name="q" value="${given('q')}" maxlength="100" placeholder="id, address, label"></label>
<label>State ${select(html, 'up', STATES, given('up'))}</label>
<label>App ${optionsOf(html, 'app', apps, given('app'))}</label>
<label>Sort ${select(html, 'sort', SORTS, given('sort'))}</label>
<label>Group ${select(html, 'group', groups, given('group'))}</label>
${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button>Show</button>
</form>`;
}

/** Returns a list, or a text field if the list would be too long. */
export function optionsOf(html: HtmlTag, name: string, apps: readonly App[], chosen: string): Html {
  if (apps.length > MOST_OPTIONS) return html`<input name="${name}" value="${chosen}">`;
  return select(html, name, [['', 'all apps'], ...apps.map(({ id }) => [id, id] as const)], chosen);
}

export function select(html: HtmlTag, name: string, options: Options, chosen: string): Html {
  return html`<select name="${name}">${options.map(([value, label]) => html`<option value="${value}"${value === chosen ? html` selected` : undefined}>${label}</option>`)}</select>`;
}

function labelNames(mailboxes: readonly MailboxStatus[]): readonly string[] {
  const names = new Set<string>();
  for (const { mailbox } of mailboxes) for (const name of Object.keys(mailbox.labels)) names.add(name);
  return [...names].sort().slice(0, MOST_LABELS);
}

export function pageLinks(
  html: HtmlTag,
  { total, page, pages }: MailboxList,
  query: ReadonlyMap<string, string>,
): Html {
  const link = (to: number, label: string, rel: string): Html =>
    html`<a rel="${rel}" href="/?${new URLSearchParams([...new Map(query).set('page', String(to))]).toString()}#mailboxes">${label}</a>`;
  return html`<p class="pages">${countText(total, 'mailbox', 'mailboxes')}${
    pages === 1
      ? undefined
      : html`, page ${page} of ${pages.toLocaleString('en')} ${page > 1 ? link(page - 1, 'Previous', 'prev') : undefined} ${page < pages ? link(page + 1, 'Next', 'next') : undefined}`
  }</p>`;
}
