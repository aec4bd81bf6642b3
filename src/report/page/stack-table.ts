/**
 * A table that a phone shows as blocks, one for each row. The ARIA roles are explicit, because browsers drop them when
 * CSS changes how a table is displayed.
 */
import type { Html, HtmlTag, HtmlValue } from './html.ts';

/** `rows` are made by `stackRow`. */
export function stackTable(html: HtmlTag, label: string, heads: readonly string[], rows: HtmlValue): Html {
  return html`<table class="stack" role="table" aria-label="${label}">
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows}</tbody>
</table>`;
}

/** The first cell names the row. An update finds the row by its `id`. */
export function stackRow(html: HtmlTag, id: string, name: Html, cells: readonly Html[]): Html {
  return html`<tr role="row" id="${id}"><th scope="row" role="rowheader">${name}</th>${cells.map((cell) => html`<td role="cell">${cell}</td>`)}</tr>
`;
}
