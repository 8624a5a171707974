// Which sample of the sheet is under the pointer, chosen, or pointed out by someone else: rings over the picture.
// By keyboard: Tab to the picture, arrow keys from sample to sample, Enter to choose.

export class Picking {
  constructor(picture, onPick) {
    Object.assign(this, { picture, onPick, sheet: null, on: false, index: null, cursor: 0, texts: {} });
    const ring = (name) => {
      const one = document.createElement("i");
      one.className = `ring ${name}`;
      one.hidden = true;
      picture.append(one);
      return one;
    };
    this.rings = { hover: ring("hover"), chosen: ring("chosen"), shown: ring("shown") };
    this.said = document.createElement("span"); // for screen readers: where the arrow keys are
    this.said.className = "said";
    this.said.setAttribute("aria-live", "polite");
    picture.append(this.said);
    this.listen();
  }

  listen() {
    const { picture } = this;
    picture.addEventListener("pointermove", (event) => {
      const [index] = this.under(event);
      this.place("hover", event.pointerType === "mouse" ? index : null);
      picture.title = index === null ? "" : this.name(index);
    });
    picture.addEventListener("pointerleave", () => this.place("hover", null));
    picture.addEventListener("click", (event) => {
      const [index, x] = this.under(event);
      if (index === null) return;
      this.cursor = index;
      this.onPick(index, x);
    });
    picture.addEventListener("keydown", (event) => this.key(event));
    picture.addEventListener("focus", () => picture.matches(":focus-visible") && this.point(this.cursor));
    picture.addEventListener("blur", () => this.place("hover", null));
  }

  key(event) {
    if (!this.on || event.target !== this.picture) return;
    const { columns, count } = this.sheet;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (by !== undefined) this.point(Math.max(0, Math.min(count - 1, this.cursor + by)));
    else if (event.key === "Home" || event.key === "End") this.point(event.key === "Home" ? 0 : count - 1);
    else if (event.key === "Enter" || event.key === " ") this.onPick(this.cursor);
    else return;
    event.preventDefault();
  }

  point(index) {
    this.cursor = index;
    this.place("hover", index);
    this.said.textContent = this.name(index);
  }

  // ``highlight``: the index of a sample that someone points out, or null.
  set(sheet, highlight, texts, wanted) {
    this.sheet = sheet;
    this.texts = texts;
    this.on = Boolean(sheet && wanted);
    const { picture } = this;
    picture.classList.toggle("pickable", this.on);
    if (this.on) {
      picture.tabIndex = 0;
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-label", texts.pick ?? "");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) picture.removeAttribute(name);
      this.choose(null);
    }
    this.place("shown", sheet ? highlight : null);
  }

  choose(index) {
    this.index = index;
    this.place("chosen", index);
  }

  name(index) {
    const { columns } = this.sheet;
    return (this.texts.sample ?? "")
      .replace("{row}", 1 + Math.floor(index / columns))
      .replace("{column}", 1 + (index % columns));
  }

  // The sample's index (null on a gap, beside the last, or on the line), and where in the picture's width it was.
  under(event) {
    if (!this.on || event.target.closest(".line")) return [null, 0];
    const { columns, width, height, gap, count } = this.sheet;
    const rows = Math.ceil(count / columns);
    const box = this.picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    const column = Math.floor((x * (columns * (width + gap) - gap)) / (width + gap));
    const row = Math.floor((y * (rows * (height + gap) - gap)) / (height + gap));
    const index = row * columns + column;
    const inside = x >= 0 && y >= 0 && column < columns && row < rows && index < count;
    return [inside ? index : null, x];
  }

  place(name, index) {
    const ring = this.rings[name];
    ring.hidden = index === null || !this.sheet;
    if (ring.hidden) return;
    const { columns, width, height, gap, count } = this.sheet;
    const rows = Math.ceil(count / columns);
    const wide = (columns * (width + gap) - gap) / 100;
    const tall = (rows * (height + gap) - gap) / 100;
    ring.style.left = `${((index % columns) * (width + gap)) / wide}%`;
    ring.style.top = `${(Math.floor(index / columns) * (height + gap)) / tall}%`;
    ring.style.width = `${width / wide}%`;
    ring.style.height = `${height / tall}%`;
  }
}
