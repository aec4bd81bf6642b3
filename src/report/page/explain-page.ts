/** The page `/explain`: a field for a pasted error, and what the error means. */
import type { Explanation } from '../../model/explanation.ts';
import type { Html, HtmlTag } from './html.ts';
import { pageDocument } from './page-document.ts';
import { verdictCards } from './verdict.ts';

const MOST_SHOWN = 10;
/** A longer text is explained, but the page does not show it again. */
const LONGEST_SHOWN = 20_000;

export interface ExplainPage {
  /** Absent if no text was pasted yet. */
  readonly asked?: { readonly text: string; readonly explanation: Explanation };
  readonly banner: string | undefined;
}

export function explainPage(html: HtmlTag, { asked, banner }: ExplainPage): string {
  const shown = asked !== undefined && asked.text.length <= LONGEST_SHOWN ? asked.text : '';
  return pageDocument(html, {
    title: 'Explain an error',
    status: undefined,
    banner,
    here: '/explain',
    header: html`<h1>Explain an error</h1>
<p class="meta">Paste what a program or a log says: a message, a session, a token response. Nothing of it is kept.</p>`,
    main: html`${asked === undefined ? undefined : results(html, asked.explanation)}
<form method="post" action="/explain" aria-label="Explain">
<label for="text">Text</label>
<textarea id="text" name="text" required spellcheck="false" autocomplete="off">
${shown}</textarea>
<p><button class="main">Explain</button></p></form>`,
    footer: html`<p>The same on the command line: <code>mailprobe explain</code></p>`,
  });
}

function results(html: HtmlTag, { diagnoses, writtenBy, wouldHelp }: Explanation): Html {
  return html`<section aria-labelledby="meaning"><h2 id="meaning">What it means</h2>
${writtenBy === undefined ? undefined : html`<p class="meta">Written by ${writtenBy}.</p>`}
${diagnoses.length === 0 ? html`<p>mailprobe recognizes nothing in this text.</p>` : verdictCards(html, diagnoses.slice(0, MOST_SHOWN))}
${wouldHelp.length === 0 ? undefined : html`<ul>${wouldHelp.map((text) => html`<li>${text}</li>`)}</ul>`}</section>`;
}
