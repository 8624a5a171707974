// @ts-check
/** Copying texts. Browsers offer `navigator.clipboard` over https and on localhost only; a class often uses neither. */

/**
 * Copy a text; return whether that worked.
 * @param {string} text
 * @param {HTMLElement} root an element whose document or shadow root can hold a text field for a moment
 */
export async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromField(text, root); // refused, or the page is neither on https nor on localhost
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} root
 */
function copyFromField(text, root) {
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  field.style.cssText = "position: fixed; opacity: 0"; // so that the page does not scroll
  const { activeElement } = /** @type {Document | ShadowRoot} */ (root.getRootNode());
  root.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  return isCopied;
}
