// @ts-check
/**
 * Elements: making them and finding them.
 * @import { IconName } from "./icons.mjs"
 */
import { svg } from "./icons.mjs";

/**
 * Create an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  if (children.length) created.append(...children);
  return created;
}

/**
 * Return the first descendant that matches a selector; throw if there is none, or if it is not of `kind`.
 * `find(root, "input")` and `find(root, ".speed", HTMLInputElement)` are typed as what they return.
 * @template {keyof HTMLElementTagNameMap} Name
 * @overload
 * @param {ParentNode} root
 * @param {Name} selector
 * @returns {HTMLElementTagNameMap[Name]}
 */
/**
 * @template {Element} Kind
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
/**
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Element} kind
 * @returns {Element}
 */
export function find(root, selector, kind = HTMLElement) {
  const match = root.querySelector(selector);
  if (!(match instanceof kind)) throw new Error(`no ${kind.name} matches ${selector}`);
  return match;
}

/**
 * Create a `<button type="button">` with an icon, a text or both.
 * @param {IconName | ""} icon
 * @param {string} text
 * @param {string} [name] what screen readers and the tooltip call it, if not its text
 * @param {string} [className]
 */
export function button(icon, text, name = text, className = "") {
  const created = element("button", { type: "button", className });
  if (icon) created.innerHTML = svg(icon);
  if (text) created.append(element("span", { textContent: text }));
  if (name !== text) {
    created.title = name;
    created.setAttribute("aria-label", name);
  }
  return created;
}

/**
 * Disable a button, or enable it; the focus that a disabled one loses goes to another.
 * @param {HTMLButtonElement} target
 * @param {boolean} isDisabled
 * @param {HTMLElement} heir
 */
export function setDisabled(target, isDisabled, heir) {
  const hasFocus = target.matches(":focus");
  target.disabled = isDisabled;
  if (hasFocus && isDisabled) heir.focus();
}

const REVOKE_AFTER = 60_000; // ms in which a download has begun

/**
 * Download what the page itself made.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER);
}
