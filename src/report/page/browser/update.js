/**
 * Requests the page again, and changes only the nodes that differ. So the scroll position, opened details, typed text
 * and the selection stay.
 */
import { Idiomorph } from './idiomorph.js';
import { showLocally } from './times.js';

const TIMEOUT_MS = 10_000;
/** The parts of a page that can change. */
const PARTS = ['body > header', 'body > main', 'body > footer'];
/** Options of Idiomorph. They keep what the reader has typed or opened, and what the script has added. */
const CALLBACKS = {
  /** @param {Node} shown */
  beforeNodeMorphed: (shown) =>
    !(shown instanceof Element && shown.matches('input, select, textarea, #connection')),
  /** @param {string} name */
  beforeAttributeUpdated: (name) => name !== 'open',
};
let etag = '';

/**
 * Resolves to true if the page is up to date, and to false if the request failed.
 * @returns {Promise<boolean>}
 */
export async function update() {
  try {
    const answer = await fetch(location.href, {
      cache: 'no-store',
      headers: etag === '' ? {} : { 'if-none-match': etag },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 304) return true;
    if (!answer.ok) return false;
    const text = await answer.text();
    etag = answer.headers.get('etag') ?? '';
    show(new DOMParser().parseFromString(text, 'text/html'));
    return true;
  } catch {
    return false;
  }
}

/** @param {Document} next */
function show(next) {
  showLocally(next);
  document.title = next.title;
  const icon = next.querySelector('link[rel=icon]')?.getAttribute('href') ?? '';
  document.querySelector('link[rel=icon]')?.setAttribute('href', icon);
  for (const part of PARTS) {
    const shown = document.querySelector(part);
    const wanted = next.querySelector(part);
    if (shown !== null && wanted !== null) void Idiomorph.morph(shown, wanted, { callbacks: CALLBACKS });
  }
}
