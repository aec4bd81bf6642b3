/**
 * The buttons that copy a command or a text. One listener serves all buttons, because an update of the page may add
 * some.
 */
const SHOWN_MS = 2_000;

export function addCopyButtons() {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button.copy') : null;
    const source = button?.parentElement?.querySelector('pre');
    if (button !== null && source instanceof HTMLElement) void copyFrom(source, button);
  });
}

/**
 * @param {HTMLElement} source
 * @param {Element} button
 */
async function copyFrom(source, button) {
  button.textContent = (await copy(source)) ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => (button.textContent = 'Copy'), SHOWN_MS);
}

/**
 * Without TLS, a browser may refuse access to the clipboard. In that case, this function selects the text, so that the
 * reader can copy it.
 * @param {HTMLElement} source @returns {Promise<boolean>}
 */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}
