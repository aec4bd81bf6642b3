/**
 * Keeps the page up to date. All tabs of a browser share one stream, because a browser opens only six connections to a
 * host. One tab holds a lock, reads the stream, and passes the messages to the other tabs. If the stream is silent,
 * each visible tab polls.
 */
import { update } from './update.js';

/**
 * The member `state` changes with incidents, problems, credentials, maintenance and configuration. The member `probes`
 * changes with every probe.
 * @typedef {{ readonly state: string, readonly probes: string }} Revision
 */

const CHANNEL = 'mailprobe';
const TICK_MS = 1_000;
/** Twice the longest pause between two messages of the stream. */
const SILENT_MS = 10_000;
/** If only probes ended, the page is updated at most this often. */
const PROBES_MS = 5_000;
const LOST_MS = 20_000;

export function followChanges() {
  let notedAt = Date.now();
  let askedAt = Date.now();
  let asking = false;
  let shown = loadedRevision();
  let latest = shown;

  /** @param {Revision} revision */
  const note = (revision) => {
    notedAt = Date.now();
    shown ??= revision;
    latest = revision;
  };
  const ask = async () => {
    asking = true;
    askedAt = Date.now();
    const asked = latest;
    if (await update()) {
      notedAt = Date.now();
      shown = asked;
    }
    asking = false;
  };
  const tick = () => {
    const now = Date.now();
    showLost(now - notedAt > LOST_MS ? notedAt : undefined, now);
    if (document.hidden || asking) return;
    const isNew = latest?.state !== shown?.state;
    const isProbed = latest?.probes !== shown?.probes && now - askedAt >= PROBES_MS;
    const isSilent = now - Math.max(notedAt, askedAt) > SILENT_MS;
    if (isNew || isProbed || isSilent) void ask();
  };

  shareStream(note);
  setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', tick);
}

/**
 * Returns the revision of the page as it was loaded. `Server-Timing` is the only header of its response that a script
 * can read. Undefined if the browser does not show it: the first message is then taken for the revision of the page.
 * @returns {Revision | undefined}
 */
function loadedRevision() {
  const [loaded] = performance.getEntriesByType('navigation');
  if (!(loaded instanceof PerformanceNavigationTiming)) return undefined;
  const named = new Map(loaded.serverTiming?.map(({ name, description }) => [name, description]));
  const state = named.get('state');
  const probes = named.get('probes');
  return state === undefined || probes === undefined ? undefined : { state, probes };
}

/**
 * Locks need TLS or the loopback address. Without locks, no tab reads the stream, and each visible tab polls.
 * @param {(revision: Revision) => void} note
 */
function shareStream(note) {
  if (!('locks' in navigator)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => note(data));
  void navigator.locks.request(CHANNEL, async () => {
    readStream((revision) => {
      note(revision);
      channel.postMessage(revision);
    });
    // The tab holds the lock until it closes. Another tab then gets the lock.
    await new Promise(() => undefined);
  });
}

/** @param {(revision: Revision) => void} deliver */
function readStream(deliver) {
  const stream = new EventSource('/stream');
  stream.addEventListener('message', ({ data }) => deliver(JSON.parse(data)));
  stream.addEventListener('error', () => {
    // If the answer was a stream, the browser reconnects by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => readStream(deliver), SILENT_MS);
  });
}

/**
 * @param {number | undefined} since
 * @param {number} now
 */
function showLost(since, now) {
  const notice = document.querySelector('#connection');
  if (notice === null) return;
  const seconds = since === undefined ? 0 : Math.round((now - since) / 1000);
  const text = since === undefined ? '' : `No connection to mailprobe. This is how it was ${seconds} s ago.`;
  // With `off`, a screen reader does not announce the text again every second.
  notice.setAttribute('aria-live', notice.textContent === '' ? 'polite' : 'off');
  if (notice.textContent !== text) notice.textContent = text;
}
