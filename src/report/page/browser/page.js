/**
 * The script of every page, run in the browser: local times, copy buttons, and updates in place. Without the script,
 * the page shows the same content but does not update itself. The types are in comments, so that the file can be served
 * unchanged.
 */
import { addCopyButtons } from './copy.js';
import { followChanges } from './follow.js';
import { showLocally, updateAges } from './times.js';

const AGES_MS = 10_000;

document.documentElement.classList.add('scripted');
showLocally(document);
addCopyButtons();
setInterval(() => updateAges(document, Date.now()), AGES_MS);
if (document.body.dataset.live !== undefined) followChanges();
