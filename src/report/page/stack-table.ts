/**
 * A table that a phone shows as blocks, one for each row. CSS changes how the table is displayed, and browsers then
 * ignore the implied ARIA roles. So the roles are written out.
 */
import type { Html, HtmlTag, HtmlValue } from './html.ts';

/** `rows` are made with `stackRow`. */
export function stackTable(html: HtmlTag, label: string, heads: readonly string[], rows: HtmlValue): Html {
  return html`<table class="stack" role="table" aria-label="${label}">
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows}</tbody>
</table>`;
}

/** The first cell is the heading of the row. An update of the page finds the row by its `id`. */
export function stackRow(html: HtmlTag, id: string, name: Html, cells: readonly Html[]): Html {
  return html`<tr role="row" id="${id}"><th scope="row" role="rowheader">${name}</th>${cells.map((cell) => html`<td role="cell">${cell}</td>`)}</tr>
`;
}
