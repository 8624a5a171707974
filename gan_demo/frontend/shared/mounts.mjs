// @ts-check
/** Views of a component, one for each element that it was drawn in. */

/**
 * The views of a component by the element that holds them.
 * @template {WeakKey} Parent
 * @template {{ close: () => void }} View
 */
export class Mounts {
  /** @type {WeakMap<Parent, View>} */
  #views = new WeakMap();

  /**
   * Return the view in an element, or undefined.
   * @param {Parent} parent
   */
  get(parent) {
    return this.#views.get(parent);
  }

  /**
   * Return the view in an element; make it if there is none.
   * @param {Parent} parent
   * @param {() => View} make
   */
  at(parent, make) {
    const view = this.#views.get(parent) ?? make();
    this.#views.set(parent, view);
    return view;
  }

  /**
   * Close the view in an element, if there is one, and forget it.
   * @param {Parent} parent
   */
  clear(parent) {
    this.#views.get(parent)?.close();
    this.#views.delete(parent);
  }
}
