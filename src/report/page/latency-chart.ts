/** The durations of a target's last probes as bars. Each bar consists of the phases of one probe. */
import { type Latency, PHASES } from '../latencies.ts';
import type { Html, HtmlTag } from './html.ts';
import { secondsText } from './stage-list.ts';

const WIDTH = 640;
const HEIGHT = 120;
const BAR = 30;
const STEP = 38;
const LEFT = 44;

/** Undefined if no probe is known. `name` is the name of the protocol. */
export function latencyChart(html: HtmlTag, name: string, latencies: readonly Latency[]): Html | undefined {
  const totals = latencies.map(({ phasesMs }) => phasesMs.reduce((sum, ms) => sum + ms, 0));
  const last = totals.at(-1);
  if (last === undefined) return undefined;
  const top = Math.max(1, ...totals);
  const bars = latencies.map(({ at, phasesMs }, index) => {
    let y = HEIGHT;
    const rects = phasesMs.map((ms, phase) => {
      const height = (ms / top) * HEIGHT;
      y -= height;
      return height < 0.1
        ? undefined
        : html`<rect x="${LEFT + index * STEP}" y="${y.toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}" class="ph${phase}"/>`;
    });
    const title = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC: ${secondsText((totals[index] ?? 0) / 1000)}`;
    return html`<g><title>${title}</title>${rects}</g>`;
  });
  const label = `${name}: the last ${latencies.length} probes took up to ${secondsText(top / 1000)}, the last one ${secondsText(last / 1000)}`;
  return html`<h3>${name}: ${secondsText(last / 1000)} at the last probe</h3>
<svg class="chart" viewBox="0 0 ${WIDTH + LEFT} ${HEIGHT + 8}" role="img" aria-label="${label}"><text x="0" y="10">${secondsText(top / 1000)}</text><text x="0" y="${HEIGHT}">0</text>${bars}</svg>
`;
}

export function phaseLegend(html: HtmlTag): Html {
  return html`<ul class="legend">${PHASES.map((phase, at) => html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" class="ph${at}"/></svg>${phase}</li>`)}</ul>`;
}
