// @ts-check
// Look-up of an element that a component has built itself.

/**
 * Return the first element in `root` that matches `selector`. Throws if there is none of this class.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): T }} kind such as HTMLInputElement
 * @returns {T}
 */
export function find(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`no ${kind.name} ${selector}`);
  return element;
}
