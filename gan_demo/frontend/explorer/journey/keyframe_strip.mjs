// Keyframes in a row: press one to go there, drag it to another place; with keys, arrows walk, with Shift they carry, Delete
// removes. An element belongs to its keyframe for as long as there is one, wherever it stands.
import { button } from "../../shared/dom.mjs";

const DRAG = 6; // pixels that a click may wander

export class Strip {
  // pick(index), move(from, to), remove(index), add(); paint(canvases, keys) draws pictures of new ones.
  constructor(app, host, { pick, move, remove, add, paint }) {
    Object.assign(this, { app, pick, move, remove, paint, items: new Map(), keys: [], held: null });
    this.root = document.createElement("div");
    this.root.className = "strip";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", app.t("journey.strip"));
    this.plus = button("plus", "", app.t("journey.add"), "add");
    this.plus.addEventListener("click", add);
    this.root.append(this.plus);
    host.append(this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  draw(keys, selected, full) {
    for (const [one, item] of this.items) if (!keys.includes(one)) this.forget(one, item);
    const fresh = keys.filter((one) => !this.items.has(one));
    for (const one of fresh) this.items.set(one, this.item());
    keys.forEach((one, k) => this.place(this.items.get(one), k, keys.length, k === selected));
    this.plus.disabled = full;
    this.keys = keys;
    if (fresh.length)
      this.paint(
        fresh.map((one) => this.items.get(one).firstElementChild),
        fresh,
      );
  }

  // In its place, without taking it out if it is there: focus and captured pointers stay.
  place(item, k, count, selected) {
    if (this.root.children[k] !== item) this.root.insertBefore(item, this.root.children[k]);
    item.setAttribute("aria-label", this.app.t("journey.key", { n: k + 1, count }));
    item.setAttribute("aria-pressed", String(selected));
    item.lastElementChild.textContent = k + 1;
  }

  forget(one, item) {
    if (this.root.getRootNode().activeElement === item)
      (item.previousElementSibling ?? item.nextElementSibling)?.focus();
    item.remove();
    this.items.delete(one);
  }

  item() {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "keyframe";
    made.innerHTML = `<canvas class="pixelated"></canvas><span aria-hidden="true"></span>`;
    made.addEventListener("click", () => !this.dropped && this.pick(this.index(made)));
    made.addEventListener("pointerdown", (event) => this.take(event, made));
    made.addEventListener("pointermove", (event) => this.drag(event));
    made.addEventListener("pointerup", () => this.drop());
    made.addEventListener("pointercancel", () => this.drop());
    return made;
  }

  index(item) {
    return [...this.root.children].indexOf(item);
  }

  // ---- dragging

  take(event, item) {
    this.dropped = false;
    if (event.button > 0) return;
    this.held = {
      item,
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      from: this.index(item),
      moving: false,
    };
  }

  drag(event) {
    const { held } = this;
    if (held?.id !== event.pointerId) return;
    const by = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moving) {
      if (Math.hypot(...by) < DRAG) return;
      held.moving = true;
      held.item.setPointerCapture(event.pointerId);
      held.item.classList.add("held");
      held.centres = [...this.root.children].filter((one) => one !== this.plus).map(centre);
    }
    held.item.style.transform = `translate(${by[0]}px, ${by[1]}px)`;
    held.to = nearest(held.centres, event.clientX, event.clientY);
    this.part(held);
  }

  // The others make room.
  part({ centres, from, to, item }) {
    [...this.root.children].forEach((one, k) => {
      if (one === this.plus || one === item) return;
      const at = k > from && k <= to ? k - 1 : k < from && k >= to ? k + 1 : k;
      one.style.transform =
        at === k ? "" : `translate(${centres[at][0] - centres[k][0]}px, ${centres[at][1] - centres[k][1]}px)`;
    });
  }

  drop() {
    const { held } = this;
    this.held = null;
    if (!held?.moving) return;
    this.dropped = true; // the click that follows is no choice
    held.item.classList.remove("held");
    for (const one of this.root.children) one.style.transform = "";
    if (held.to !== held.from) this.move(held.from, held.to);
  }

  // ---- keys

  key(event) {
    const item = event.composedPath().find((one) => one.classList?.contains("keyframe"));
    if (!item || event.ctrlKey || event.metaKey) return;
    const from = this.index(item);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) {
      const to = Math.min(this.keys.length - 1, Math.max(0, from + by));
      if (event.shiftKey && to !== from) this.move(from, to);
      (event.shiftKey ? item : this.root.children[to]).focus();
    } else if (event.key === "Delete" || event.key === "Backspace") this.remove(from);
    else return;
    event.preventDefault();
  }
}

function centre(one) {
  const box = one.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

function nearest(centres, x, y) {
  const far = centres.map(([a, b]) => Math.hypot(a - x, b - y));
  return far.indexOf(Math.min(...far));
}
