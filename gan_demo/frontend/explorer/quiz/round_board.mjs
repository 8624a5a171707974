// The pictures of a round on the table: buttons to press, by mouse, touch, arrow keys or number; then the truth on each.

export class Table {
  // pick(k): somebody thinks it is the k-th.
  constructor(app, host, pick) {
    Object.assign(this, { app, pick, items: [], open: false });
    this.root = document.createElement("div");
    this.root.className = "table";
    this.root.setAttribute("role", "group");
    this.root.addEventListener("keydown", (event) => this.key(event));
    host.append(this.root);
  }

  lay(pictures, label) {
    this.root.dataset.size = pictures.length;
    this.root.setAttribute("aria-label", label);
    this.items = pictures.map((pixels, k) => this.item(pixels, k));
    this.root.replaceChildren(...this.items);
    this.open = true;
  }

  item(pixels, k) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "card";
    made.innerHTML = `<canvas class="pixelated"></canvas><span class="number">${k + 1}</span><span class="truth"></span><span class="picks"></span>`;
    made.setAttribute("aria-label", this.app.t("quiz.picture", { n: k + 1 }));
    this.app.paint(made.firstElementChild, pixels);
    made.addEventListener("click", () => this.choose(k));
    return made;
  }

  choose(k) {
    if (!this.open || !this.items[k]) return;
    this.open = false;
    this.pick(k);
  }

  // Which are real, what you took and what D took (-1: nothing).
  reveal({ real, odd, yours, ds }) {
    this.items.forEach((one, k) => {
      const truth = this.app.t(real[k] ? "quiz.real" : "quiz.fake");
      const picks = [k === yours && this.app.t("quiz.you"), k === ds && this.app.t("quiz.d")].filter(Boolean);
      one.classList.add("shown");
      one.classList.toggle("odd", k === odd);
      one.classList.toggle("right", k === yours && k === odd);
      one.classList.toggle("wrong", k === yours && k !== odd);
      one.querySelector(".truth").textContent = truth;
      one
        .querySelector(".picks")
        .replaceChildren(...picks.map((text) => Object.assign(document.createElement("b"), { textContent: text })));
      one.setAttribute("aria-disabled", "true");
      one.setAttribute("aria-label", [this.app.t("quiz.picture", { n: k + 1 }), truth, ...picks].join(" · "));
    });
  }

  key(event) {
    const at = this.items.findIndex((one) => one.contains(event.composedPath()[0]));
    const columns = this.items.length === 2 ? 2 : 3;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!by || at < 0) return;
    event.preventDefault();
    this.items[Math.min(this.items.length - 1, Math.max(0, at + by))].focus();
  }
}
