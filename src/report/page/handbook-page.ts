/** The page `/docs/diagnoses`: docs/diagnoses.md, with the id of each cause as an anchor. */
import { Marked } from 'marked';
import type { Redactor } from '../../model/redactor.ts';
import { createHtmlTag, Html } from './html.ts';
import { pageDocument } from './page-document.ts';

/** `markdown` is not escaped, because it is mailprobe's own text. */
export function handbookPage(markdown: string, redactor: Redactor, banner: string | undefined): string {
  const html = createHtmlTag(redactor);
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const inner = this.parser.parseInline(tokens);
        return depth === 1 ? '' : `<h${depth} id="${text}"><a href="#${text}">${inner}</a></h${depth}>\n`;
      },
      table(token) {
        const cells = (row: readonly string[], tag: string): string =>
          `<tr>${row.map((cell) => `<${tag}>${cell}</${tag === 'td' ? 'td' : 'th'}>`).join('')}</tr>\n`;
        const inline = (row: (typeof token.rows)[number]): readonly string[] =>
          row.map(({ tokens }) => this.parser.parseInline(tokens));
        const head = cells(inline(token.header), 'th scope="col"');
        const body = token.rows.map((row) => cells(inline(row), 'td')).join('');
        return `<div class="scroll" role="region" aria-label="Causes" tabindex="0"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>\n`;
      },
      code({ text }) {
        return `<div class="command"><pre tabindex="0"><code>${escaped(text)}</code></pre><button class="copy" type="button">Copy</button></div>\n`;
      },
    },
  });
  return pageDocument(html, {
    title: 'Diagnoses',
    status: undefined,
    banner,
    here: '/docs/diagnoses',
    header: html`<h1>Diagnoses</h1>`,
    main: html`<div class="prose">${new Html(marked.parse(markdown, { async: false }))}</div>`,
    footer: html`<p>This is the handbook of the running version.</p>`,
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
