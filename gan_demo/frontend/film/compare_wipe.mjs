// Two moments in one picture: A is held on the left of a line that can be moved, B goes on moving on its right.

export class Wipe {
  constructor(picture, held, now, names) {
    this.picture = picture;
    this.held = held;
    this.now = now;
    this.on = false;
    this.at = 0.5; // the line, as a share of the width
    this.step = -1; // of what is held
    this.line = document.createElement("div");
    this.line.className = "line";
    this.line.tabIndex = 0;
    this.line.hidden = true;
    this.line.setAttribute("role", "slider");
    this.line.setAttribute("aria-valuemin", "0");
    this.line.setAttribute("aria-valuemax", "100");
    this.line.innerHTML = `<i><svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" fill="#1a1c24">
      <path d="M13 9.5v13L6 16zM19 9.5v13l7-6.5z"/></svg></i>`;
    this.names = names;
    picture.append(this.line);
    this.listen();
  }

  listen() {
    const { line } = this;
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      event.preventDefault();
      line.focus();
    });
    line.addEventListener("pointermove", (event) => {
      if (!line.hasPointerCapture(event.pointerId)) return;
      const box = this.picture.getBoundingClientRect();
      this.move((event.clientX - box.left) / box.width);
    });
    line.addEventListener("keydown", (event) => {
      const pace = event.shiftKey ? 0.1 : 0.02;
      const to = {
        ArrowLeft: this.at - pace,
        ArrowDown: this.at - pace,
        ArrowRight: this.at + pace,
        ArrowUp: this.at + pace,
        PageDown: this.at - 0.1,
        PageUp: this.at + 0.1,
        Home: 0,
        End: 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.move(to);
    });
  }

  // Hold a copy of what is on show as A.
  hold(image) {
    const copy = image.cloneNode();
    copy.decoding = "sync";
    this.step = Number(image.dataset.step);
    this.held.replaceChildren(copy);
    this.show(true);
    this.move(0.5);
  }

  leave() {
    this.show(false);
    this.held.replaceChildren();
    this.now.style.clipPath = "";
  }

  show(on) {
    this.on = on;
    for (const one of [this.held, this.line, this.names]) one.hidden = !on;
  }

  move(to) {
    this.at = Math.max(0, Math.min(1, to));
    const share = `${(100 * this.at).toFixed(2)}%`;
    this.now.style.clipPath = `inset(0 0 0 ${share})`;
    this.line.style.left = share;
    this.line.setAttribute("aria-valuenow", Math.round(100 * this.at));
  }

  words(texts, held, now) {
    this.line.setAttribute("aria-label", texts.divider);
    this.names.firstElementChild.textContent = `A · ${texts.step.replace("{step}", held)}`;
    this.names.lastElementChild.textContent = `B · ${texts.step.replace("{step}", now)}`;
  }
}
