/** The buttons that copy a command or a text. One listener serves all buttons, including those that an update adds. */
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
 * Without TLS a browser may refuse access to the clipboard. The text is then selected, ready to be copied by hand.
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
