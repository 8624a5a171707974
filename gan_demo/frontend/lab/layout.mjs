// @ts-check
/** Where the parts of a lab lie on the page. */
import { element } from "../shared/dom.mjs";

/** @typedef {{ root: HTMLElement }} Part */

/**
 * @typedef {object} Parts
 * @property {Part & { list: HTMLElement }} lessons
 * @property {Part & { open: HTMLElement }} slow
 * @property {Part} files
 * @property {Part} presenter
 * @property {Part} origin
 * @property {Part} trouble
 * @property {Part} settings
 * @property {Part} stage
 * @property {Part} own
 * @property {Part} transport
 * @property {Part} layers
 * @property {Part} numbers
 * @property {Part} charts
 * @property {Part} networks
 */

/**
 * Put the parts on the page, but for those that a link hides.
 * @param {HTMLElement} root
 * @param {Parts} parts
 * @param {string[]} hidden
 */
export function arrange(root, parts, hidden) {
  const { lessons, slow, files, presenter, trouble, settings, stage, own, transport, layers } = parts;
  /** @type {(name: string, ...nodes: HTMLElement[]) => HTMLElement[]} */
  const part = (name, ...nodes) => (hidden.includes(name) ? [] : nodes);
  /** @type {(className: string, ...nodes: HTMLElement[]) => HTMLElement} */
  const box = (className, ...nodes) => element("div", { className }, ...nodes);
  root.append(
    box(
      "bar",
      ...part("lessons", lessons.list),
      ...part("files", files.root),
      ...part("present", presenter.root),
      parts.origin.root,
    ),
    trouble.root,
    box("right", lessons.root, ...part("numbers", parts.numbers.root), ...part("curves", parts.charts.root)),
    box("left", settings.root),
    box(
      "middle",
      stage.root,
      own.root,
      ...part("play", transport.root),
      ...part("slow", slow.root),
      box("row under", ...part("layers", layers.root), ...part("slow", slow.open)),
    ),
    ...part("networks", parts.networks.root),
  );
}
