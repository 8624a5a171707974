// How curves are shown, for every board on the page and at the next visit: smoothing 0 to 1, and the scale.
const KEY = "gan_demo.curves";
const SCALES = ["fit", "log", "linear"];
const listeners = new Set();
export const settings = { smooth: 0, scale: "fit" };

try {
  const kept = JSON.parse(localStorage.getItem(KEY) || "{}");
  if (kept.smooth >= 0 && kept.smooth <= 1) settings.smooth = kept.smooth;
  if (SCALES.includes(kept.scale)) settings.scale = kept.scale;
} catch {
  /* a browser that keeps nothing */
}

export function change(changes) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    /* the same */
  }
  listeners.forEach((listener) => listener());
}

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The row above the charts. Returns its update(texts, zoomed).
export function tools(root, onReset) {
  const box = document.createElement("div");
  box.className = "tools";
  box.innerHTML = `<label><span></span><input type="range" min="0" max="1" step="0.05"></label>
    <label><span></span><select></select></label><button type="button"></button>`;
  const [smoothing, scale] = box.querySelectorAll("label");
  const slider = box.querySelector("input"),
    select = box.querySelector("select"),
    reset = box.querySelector("button");
  select.append(...SCALES.map((name) => Object.assign(document.createElement("option"), { value: name })));
  slider.addEventListener("input", () => change({ smooth: Number(slider.value) }));
  select.addEventListener("change", () => change({ scale: select.value }));
  reset.addEventListener("click", onReset);
  root.prepend(box);
  return (texts, zoomed, shown) => {
    smoothing.firstChild.textContent = texts.smooth || "";
    scale.firstChild.textContent = texts.scale || "";
    for (const option of select.options) option.textContent = texts[`scale.${option.value}`] || option.value;
    slider.value = settings.smooth;
    slider.style.setProperty("--share", `${100 * settings.smooth}%`); // where the page colours a track up to its thumb
    select.value = settings.scale;
    reset.textContent = texts.reset || "";
    reset.hidden = !zoomed;
    box.title = texts.help || "";
    smoothing.hidden = scale.hidden = !shown;
    box.hidden = !shown && !zoomed;
  };
}
