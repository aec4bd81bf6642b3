/**
 * The script of every page, run in the browser: local times, copy buttons, and updates in place. Without it the page
 * shows the same, as it was when it was loaded. JavaScript with types in comments, so that it is served as it stands.
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
