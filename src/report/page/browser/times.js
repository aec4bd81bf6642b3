/**
 * Shows times in the reader's zone, with UTC as the tooltip, and keeps ages up to date. The server writes times in UTC.
 * For an age, it also writes the time from which the age counts.
 */
import { durationText } from './duration-text.js';

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const DAY_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/**
 * Also called for a new version of the page before it is compared with the shown one, so that equal times are not
 * replaced.
 * @param {ParentNode} root
 */
export function showLocally(root) {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = root.querySelectorAll('time[datetime]:not([data-age])');
  for (const time of times) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = (time.dataset.day === undefined ? FORMAT : DAY_FORMAT).format(at);
  }
}

/**
 * @param {ParentNode} root
 * @param {number} now
 */
export function updateAges(root, now) {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = root.querySelectorAll('time[data-age]');
  for (const time of times) {
    const text = durationText(now - new Date(time.dateTime).getTime());
    if (time.textContent !== text) time.textContent = text;
  }
}
