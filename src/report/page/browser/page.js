/**
 * The script of every page: local times, copy buttons, and updates of the page. Without the script, the page shows the
 * same content, but does not update itself. Types are in comments, so that the browser gets the file unchanged.
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
