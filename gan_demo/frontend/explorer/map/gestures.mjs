// How one moves on the map: drag, pinch, wheel, keys; a click goes there, and where one is can be dragged.

const CLICK = 6; // pixels that a click may wander
const GRIP = 18; // pixels from where one is, within which that is dragged
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 48; // pixels a key press
const TIMES = 1.5; // a press on + or −
const PAUSE = 300; // ms without wheel, after which it is the map's: the page's scrolling does not end in it

export class Gestures {
  constructor(board) {
    Object.assign(this, { board, pointers: new Map(), kind: "", last: null, scrolled: -Infinity, mine: false });
    const { canvas } = board;
    this.ending = new AbortController();
    const { signal } = this.ending;
    canvas.addEventListener("pointerdown", (event) => this.take(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.leave(event));
    canvas.addEventListener("pointerleave", () => {
      board.told.textContent = "";
    });
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    document.addEventListener(
      "wheel",
      (event) => {
        if (event.composedPath()[0] === canvas) return;
        this.mine = false;
        this.scrolled = event.timeStamp;
      },
      { capture: true, passive: true, signal },
    );
  }

  at(event) {
    const box = this.board.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  take(event) {
    if (event.button > 0 || !this.board.view) return;
    this.board.canvas.setPointerCapture(event.pointerId);
    const place = this.at(event);
    this.pointers.set(event.pointerId, place);
    if (this.pointers.size === 2) {
      if (this.kind === "here") this.board.source.settle();
      this.kind = "pinch";
    } else if (this.pointers.size === 1) {
      this.kind = this.onHere(place) ? "grip" : "press";
      this.from = place;
    }
  }

  onHere([x, y]) {
    const found = this.board.source.where();
    if (!found) return false;
    const [hx, hy] = this.board.screen(found.s, found.t);
    return Math.hypot(x - hx, y - hy) < GRIP;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.at(event);
    if (!before) return this.hover(now);
    if (this.kind === "pinch") this.pinch(event.pointerId, before, now);
    this.pointers.set(event.pointerId, now);
    if (this.kind === "press" || this.kind === "grip") {
      if (Math.hypot(now[0] - this.from[0], now[1] - this.from[1]) < CLICK) return;
      this.kind = this.kind === "grip" ? "here" : "pan";
      this.board.canvas.classList.add("moving");
    }
    if (this.kind === "pan") this.board.pan(now[0] - before[0], now[1] - before[1]);
    if (this.kind === "here") this.board.source.go(...this.board.world(...now), true);
  }

  // The place between two fingers stays between them.
  pinch(id, before, now) {
    const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, place]) => place);
    if (!other) return;
    const apart = (a) => Math.max(20, Math.hypot(a[0] - other[0], a[1] - other[1]));
    const middle = (a) => [(a[0] + other[0]) / 2, (a[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(now)];
    this.board.pan(to[0] - from[0], to[1] - from[1]);
    this.board.zoom(apart(now) / apart(before), ...to);
  }

  leave(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { kind, board } = this;
    if (this.pointers.size) {
      this.kind = "pan"; // one finger of two is left
      return;
    }
    this.kind = "";
    board.canvas.classList.remove("moving");
    if (kind === "here") board.source.settle();
    else if ((kind === "press" || kind === "grip") && event.type === "pointerup") this.go(...this.at(event));
  }

  go(px, py) {
    const { board } = this;
    const [s, t] = board.world(px, py);
    board.source.go(s, t, false);
    const cell = board.cellAt(px, py);
    board.app.announce(board.source.tell(cell) || board.app.t("map.went"));
  }

  hover([px, py]) {
    const { board } = this;
    if (!board.view) return;
    board.canvas.classList.toggle("grip", this.onHere([px, py]));
    board.told.textContent = board.source.tell(board.cellAt(px, py));
  }

  wheel(event) {
    const { board } = this;
    if (!board.view) return;
    if (event.timeStamp - this.scrolled > PAUSE || event.ctrlKey) this.mine = true;
    this.scrolled = event.timeStamp;
    if (!this.mine) return;
    const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : 1);
    const changed = board.zoom(
      Math.exp(-Math.max(-150, Math.min(150, pixels)) * (event.ctrlKey ? 0.01 : 0.0022)),
      ...this.at(event),
    );
    if (changed || event.ctrlKey || pixels < 0) event.preventDefault(); // all of it on show: the page goes on
  }

  key(event) {
    const { board } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || !board.view) return;
    const way = KEYS[event.key];
    const step = event.shiftKey ? 4 * STEP : STEP;
    if (way) board.pan(way[0] * step, way[1] * step);
    else if (event.key === "+" || event.key === "=") board.zoom(TIMES);
    else if (event.key === "-") board.zoom(1 / TIMES);
    else if (event.key === "0" || event.key === "Home") board.all();
    else if (event.key === "Enter" || event.key === " ") this.go(board.width / 2, board.height / 2);
    else return;
    event.preventDefault();
  }

  close() {
    this.ending.abort();
  }
}
