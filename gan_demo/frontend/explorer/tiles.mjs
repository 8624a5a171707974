// Small pictures of states, to look at and to press; drawn when nothing urgent is.

export class Tiles {
  // label: what the group is called; name(k) of each, for screen readers and as a hint; pick(k) makes them buttons.
  constructor(app, host, { count, columns = count, label = "", name = (k) => String(k + 1), pick = null }) {
    Object.assign(this, { app, turn: 0 });
    this.root = document.createElement("div");
    this.root.className = "tiles";
    this.root.style.setProperty("--columns", columns);
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", label);
    this.items = Array.from({ length: count }, (_, k) => item(name(k), pick && (() => pick(k))));
    this.canvases = this.items.map((one) => one.firstElementChild);
    this.root.append(...this.items);
    host.append(this.root);
  }

  // Resolves when all are drawn, or newer ones are asked for. `model`: another network of the engine.
  async draw(states, options = {}) {
    const turn = ++this.turn;
    try {
      const x = await this.app.samples(states, options);
      if (turn !== this.turn || this.app.destroyed) return;
      this.canvases.forEach((canvas, k) => k < states.length && this.app.paint(canvas, this.app.pixels(x, k)));
      this.root.dataset.drawn = turn;
    } catch (error) {
      this.app.drawingFailed(error);
    }
  }

  // Frames one; -1 none.
  mark(index) {
    this.items.forEach((one, k) => one.setAttribute("aria-pressed", String(k === index)));
  }

  destroy() {
    this.turn++;
    this.root.remove();
  }
}

function item(name, pick) {
  const made = document.createElement(pick ? "button" : "div");
  made.className = "tile";
  made.innerHTML = `<canvas class="pixelated"></canvas>`;
  made.title = name;
  made.setAttribute("aria-label", name);
  if (pick) {
    made.type = "button";
    made.addEventListener("click", pick);
  } else made.setAttribute("role", "img");
  return made;
}
