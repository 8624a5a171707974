// Zooming and reading values without a mouse: two fingers, and the keyboard.

// Two fingers zoom about what is between them; one moves over the values. Scrolling the page up and down stays the page's.
export function touch(p) {
  const over = p.plot.over,
    fingers = new Map();
  let begun = null;
  over.style.touchAction = "pan-y";
  const left = (event) => event.clientX - over.getBoundingClientRect().left;
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, left(event));
    if (fingers.size === 2)
      begun = { view: [...p.view], at: [...fingers.values()].map((x) => p.plot.posToVal(x, "x")) };
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, left(event));
    if (begun && fingers.size === 2) pinch(p, begun, [...fingers.values()], over.clientWidth);
    else if (fingers.size === 1) p.plot.setCursor({ left: left(event), top: 1 });
  });
  const up = (event) => {
    fingers.delete(event.pointerId);
    if (begun && fingers.size < 2) {
      begun = null;
      p.board.zoomed(p);
    }
  };
  over.addEventListener("pointerup", up);
  over.addEventListener("pointercancel", up);
}

// The steps that were under the fingers stay under them.
function pinch(p, begun, [a, b], width) {
  if (Math.abs(a - b) < 8 || begun.at[0] === begun.at[1]) return;
  const scale = (begun.at[1] - begun.at[0]) / (b - a);
  if (!(scale > 0)) return;
  const from = begun.at[0] - a * scale;
  p.board.setZoom(p, [from, from + width * scale], true);
}

export function keys(p, seek) {
  p.plotBox.tabIndex = 0;
  p.plotBox.setAttribute("role", "img");
  p.plotBox.addEventListener("focus", () => p.legend.setAttribute("aria-live", "polite"));
  p.plotBox.addEventListener("blur", () => p.legend.removeAttribute("aria-live"));
  p.plotBox.addEventListener("keydown", (event) => {
    if (!p.plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowLeft: () => move(p, -1),
      ArrowRight: () => move(p, 1),
      "+": () => zoom(p, 0.5),
      "=": () => zoom(p, 0.5),
      "-": () => zoom(p, 2),
      Enter: () => seek(p.plot.cursor.left),
      Escape: () => p.board.setZoom(p, null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function move(p, direction) {
  const width = p.plot.over.clientWidth,
    now = p.plot.cursor.left;
  const left = now < 0 ? (direction > 0 ? 0 : width) : now + (direction * width) / 50;
  p.plot.setCursor({ left: Math.max(0, Math.min(width, left)), top: 1 });
}

function zoom(p, factor) {
  const [from, to] = p.view,
    left = p.plot.cursor.left;
  const middle = left >= 0 ? p.plot.posToVal(left, "x") : (from + to) / 2;
  p.board.setZoom(p, [middle - (middle - from) * factor, middle + (to - middle) * factor]);
}
