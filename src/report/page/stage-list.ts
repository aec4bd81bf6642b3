/** The stages of a probe: the outcome and duration of each, and the server's message if it failed. */
import { type Evidence, type Outcome, STAGE_NAMES, stageOf } from '../../model/evidence.ts';
import type { Html, HtmlTag } from './html.ts';

const SIGNS: Readonly<Record<Outcome, string>> = { ok: '✓', failed: '✗', skipped: '–' };
const WORDS: Readonly<Record<Outcome, string>> = { ok: 'done', failed: 'failed', skipped: 'not reached' };

export function stageList(html: HtmlTag, evidence: Evidence): Html {
  const longest = Math.max(0.001, ...evidence.stages.map(({ seconds }) => seconds));
  return html`<ol class="stages">
${STAGE_NAMES.map((name) => {
  const stage = stageOf(evidence, name);
  if (stage === undefined) return undefined;
  const { outcome, seconds, failure } = stage;
  const width = Math.round((seconds / longest) * 100);
  const why = [failure?.code, failure?.status, failure?.text].filter((text) => text !== undefined);
  return html`<li><span>${SIGNS[outcome]} ${name}</span><span class="meta">${outcome === 'skipped' ? WORDS.skipped : `${WORDS[outcome]}, ${secondsText(seconds)}`}</span><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8" class="bar-${outcome === 'failed' ? 'down' : 'up'}"/></svg>${why.length === 0 ? undefined : html`<span class="why">${why.join(' ')}</span>`}</li>
`;
})}</ol>`;
}

export function secondsText(seconds: number): string {
  return seconds < 0.9995 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
