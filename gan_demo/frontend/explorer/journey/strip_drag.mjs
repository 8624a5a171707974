// @ts-check
// Dragging an element of a row to another place in it; the others make room.

const CLICK_PIXELS = 6; // that a click may wander

/**
 * @typedef {object} Held
 * @property {HTMLElement} item
 * @property {number} pointerId
 * @property {number} x where the pointer went down
 * @property {number} y
 * @property {number} from
 * @property {number} to
 * @property {[x: number, y: number][]} centres of all elements once they move, else empty
 */

export class StripDrag {
  /**
   * @param {() => HTMLElement[]} elements returns the elements of the row in their order
   * @param {(from: number, to: number) => void} move
   */
  constructor(elements, move) {
    this.elements = elements;
    this.move = move;
    /** @type {Held | null} */
    this.held = null;
    this.hasDropped = false; // the click that follows a drop chooses nothing
  }

  /** @param {HTMLElement} item */
  listen(item) {
    item.addEventListener("pointerdown", (event) => this.take(event, item));
    item.addEventListener("pointermove", (event) => this.drag(event));
    item.addEventListener("pointerup", () => this.drop());
    item.addEventListener("pointercancel", () => this.drop());
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} item
   */
  take(event, item) {
    this.hasDropped = false;
    if (event.button > 0) return;
    const from = this.elements().indexOf(item);
    const { pointerId, clientX: x, clientY: y } = event;
    this.held = { item, pointerId, x, y, from, to: from, centres: [] };
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { held } = this;
    if (held?.pointerId !== event.pointerId) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.centres.length) {
      if (Math.hypot(dx, dy) < CLICK_PIXELS) return;
      held.item.setPointerCapture(event.pointerId);
      held.item.classList.add("held");
      held.centres = this.elements().map(centreOf);
    }
    held.item.style.transform = `translate(${dx}px, ${dy}px)`;
    held.to = nearestIndex(held.centres, event.clientX, event.clientY);
    this.makeRoom(held);
  }

  /** @param {Held} held */
  makeRoom({ centres, from, to, item }) {
    this.elements().forEach((each, k) => {
      if (each === item) return;
      let target = k;
      if (k > from && k <= to) target = k - 1;
      else if (k < from && k >= to) target = k + 1;
      const [dx, dy] = [centres[target][0] - centres[k][0], centres[target][1] - centres[k][1]];
      each.style.transform = target === k ? "" : `translate(${dx}px, ${dy}px)`;
    });
  }

  drop() {
    const { held } = this;
    this.held = null;
    if (!held?.centres.length) return;
    this.hasDropped = true;
    held.item.classList.remove("held");
    for (const each of this.elements()) each.style.transform = "";
    if (held.to !== held.from) this.move(held.from, held.to);
  }
}

/**
 * @param {HTMLElement} item
 * @returns {[x: number, y: number]}
 */
function centreOf(item) {
  const box = item.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

/**
 * @param {[x: number, y: number][]} centres
 * @param {number} x
 * @param {number} y
 */
function nearestIndex(centres, x, y) {
  const distances = centres.map(([a, b]) => Math.hypot(a - x, b - y));
  return distances.indexOf(Math.min(...distances));
}
