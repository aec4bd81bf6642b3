/** The states of a mailbox over the last day, week and quarter. Each period is a bar with its availability. */
import { durationText } from '../../model/duration-text.ts';
import { CONDITIONS, type Condition, type ConditionSpan } from '../../model/availability.ts';
import { DAY_MS } from '../../model/duration.ts';
import type { Span } from '../../model/past.ts';
import type { Html, HtmlTag } from './html.ts';

export const LONGEST_MS = 90 * DAY_MS;

/** A condition that lasted less than this is left out, because its duration would be shown as 0 s. */
const SHORTEST_MS = 1_000;

/** The bars. Each part of a bar stands for a round length of time: 15 minutes, 2 hours, 1 day. */
const WINDOWS = [
  { name: 'Last 24 hours', lengthMs: DAY_MS, parts: 96 },
  { name: 'Last 7 days', lengthMs: 7 * DAY_MS, parts: 84 },
  { name: 'Last 90 days', lengthMs: LONGEST_MS, parts: 90 },
] as const;

const LABELS: Readonly<Record<Condition, string>> = {
  up: 'up',
  down: 'down',
  unknown: 'unknown',
  maintenance: 'maintenance',
  'not-watched': 'not watched',
};

/** `spans` must cover the longest of the periods, up to now. */
export function historyBars(html: HtmlTag, spans: readonly ConditionSpan[], now: number): Html {
  return html`${WINDOWS.map(({ name, lengthMs, parts }) => {
    const window = { from: now - lengthMs, until: now };
    const sums = sumsIn(spans, window);
    const text = CONDITIONS.toReversed()
      .filter((condition) => sums[condition] >= SHORTEST_MS)
      .map((condition) => `${LABELS[condition]} ${durationText(sums[condition])}`)
      .join(', ');
    return html`<h3>${name}: ${shareText(sums)}</h3>
<svg class="bars" viewBox="0 0 ${parts} 10" preserveAspectRatio="none" role="img" aria-label="${name}: ${text}">${bars(html, spans, window, parts)}</svg>
<p class="meta">${text}</p>
`;
  })}<ul class="legend" aria-hidden="true">${CONDITIONS.toReversed().map((condition) => html`<li><svg viewBox="0 0 10 10"><rect width="10" height="10" class="bar-${condition}"/></svg>${LABELS[condition]}</li>`)}</ul>`;
}

type Durations = Record<Condition, number>;

function sumsIn(spans: readonly ConditionSpan[], { from, until }: Span): Durations {
  const sums: Durations = { up: 0, down: 0, unknown: 0, maintenance: 0, 'not-watched': 0 };
  for (const span of spans) {
    sums[span.condition] += Math.max(0, Math.min(span.until, until) - Math.max(span.from, from));
  }
  return sums;
}

/** Returns the time up as a share of the time up or down. */
function shareText({ up, down }: Durations): string {
  if (up + down === 0) return 'no data';
  const percent = (100 * up) / (up + down);
  // If there was an outage, the text never says 100 %.
  return `${down > 0 && percent > 99.99 ? '99.99' : percent.toFixed(percent === 100 ? 0 : 2)} % available`;
}

/** Returns the rectangles of one bar. Adjacent parts with the same condition share a rectangle. */
function bars(html: HtmlTag, spans: readonly ConditionSpan[], window: Span, parts: number): readonly Html[] {
  const lengthMs = (window.until - window.from) / parts;
  const conditions = Array.from({ length: parts }, (_, part): Condition => {
    const from = window.from + part * lengthMs;
    return conditionIn(sumsIn(spans, { from, until: from + lengthMs }));
  });
  const shown: Html[] = [];
  for (let at = 0; at < parts; ) {
    const condition = conditions[at] ?? 'unknown';
    let end = at + 1;
    while (end < parts && conditions[end] === condition) end += 1;
    shown.push(html`<rect x="${at}" width="${end - at}" height="10" class="bar-${condition}"/>`);
    at = end;
  }
  return shown;
}

/**
 * Returns the condition that a part of a bar shows: `down` if there was any outage, else the condition that lasted
 * longest.
 */
function conditionIn(sums: Durations): Condition {
  if (sums.down > 0) return 'down';
  let longest: Condition = 'not-watched';
  for (const condition of CONDITIONS) if (sums[condition] > sums[longest]) longest = condition;
  return longest;
}
