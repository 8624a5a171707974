// A slider with a name, its value, and a line below; it moves the state many times a second and settles once.

export class Slider {
  // text(value): what to show as the value; drag(value): while it moves; done(): it was let go; home: where a double click puts it.
  constructor(app, { name, help = "", low, high, step = 0.01, home = 0, text = (v) => app.formatNumber(v, 2), drag }) {
    Object.assign(this, { text, value: NaN });
    this.root = document.createElement("label");
    this.root.className = "slider";
    this.root.innerHTML = `<span class="name"></span><span class="value" aria-hidden="true"></span><input type="range"><small></small>`;
    const find = (one) => this.root.querySelector(one);
    [this.input, this.output, this.note] = [find("input"), find(".value"), find("small")];
    find(".name").textContent = name;
    this.note.textContent = help;
    this.note.hidden = !help;
    Object.assign(this.input, { min: low, max: high, step });
    this.input.setAttribute("aria-label", help ? `${name}: ${help}` : name);
    this.root.style.setProperty("--home", (home - low) / (high - low));
    if (home === low) this.root.style.setProperty("--ends", "0px");
    this.input.addEventListener("input", () => drag(Number(this.input.value)));
    this.input.addEventListener("change", () => app.settle());
    this.input.addEventListener("dblclick", () => {
      drag(home);
      app.settle();
    });
  }

  // What is beyond its ends stands at the end.
  set(value) {
    if (value === this.value) return;
    this.value = value;
    if (Number(this.input.value) !== value) this.input.value = value;
    const { min, max } = this.input;
    const words = this.text(value);
    this.output.textContent = words;
    this.input.setAttribute("aria-valuetext", words);
    this.root.style.setProperty("--share", Math.min(1, Math.max(0, (value - min) / (max - min))));
  }
}
