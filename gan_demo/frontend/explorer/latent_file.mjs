// The current picture and place as files, and back.

import { button } from "../shared/dom.mjs";
import { LATENT_LIMIT, labelWeights, latentState, oneHot } from "./latent.mjs";

const SIDE = 448; // pixels of a saved picture, about
const LIMIT = 1_000_000; // bytes of a latent; a real one has some thousand

export function fileMenu(app) {
  const made = document.createElement("details");
  made.className = "menu";
  made.innerHTML = `<summary></summary><div class="items"></div><input type="file" accept=".json,application/json" hidden>`;
  const [summary, items, chooser] = made.children;
  summary.innerHTML = button("save", app.t("act.files")).innerHTML;
  summary.title = app.t("act.files"); // on a phone it is an icon
  const offer = (key, act) => {
    const one = button("", app.t(`act.${key}`));
    one.addEventListener("click", () => {
      made.open = false;
      act();
    });
    items.append(one);
  };
  offer("png", () => picture(app));
  offer("json", () =>
    app.saveFile(new Blob([stateToJson(app)], { type: "application/json" }), `${app.data.stem}.json`),
  );
  offer("open", () => chooser.click());
  chooser.addEventListener("change", () => load(app, chooser));
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !made.open) return;
    made.open = false;
    summary.focus();
  });
  made.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !made.contains(event.relatedTarget)) made.open = false;
  });
  return made;
}

// As large as one would put it into a document, pixels sharp.
function picture(app) {
  const { canvas } = app.stage;
  const times = Math.max(1, Math.round(SIDE / canvas.width));
  const large = document.createElement("canvas");
  Object.assign(large, { width: canvas.width * times, height: canvas.height * times });
  const pen = large.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, 0, 0, large.width, large.height);
  large.toBlob((blob) => app.saveFile(blob, `${app.data.stem}.png`), "image/png");
}

// The same file as place.to_json: z, labels by name, psi, and the model it is for.
export function stateToJson({ state: { z, y, psi }, space, data }) {
  const labels = {};
  space.labels.forEach((one, k) => {
    const told = [...labelWeights(y, space.labels, k)].map((w) => Math.round(1e6 * w) / 1e6);
    labels[one.name] = Object.fromEntries(one.values.map((value, n) => [value, told[n]]).filter(([, w]) => w));
  });
  return `${JSON.stringify({ model: data.id, step: space.step ?? null, psi, labels, z: [...z] }, null, 1)}\n`;
}

// The state of such a file; throws an Error whose message is the key of what to say, with `values`.
export function stateFromJson(text, space) {
  const wrong = (key, values = {}) => Object.assign(new Error(key), { values });
  let raw;
  try {
    raw = JSON.parse(text);
  } catch {
    throw wrong("file.no_json");
  }
  if (!Array.isArray(raw?.z)) throw wrong("file.no_z");
  if (raw.z.length !== space.z_dim) throw wrong("file.other_z", { found: raw.z.length, wanted: space.z_dim });
  const psi = raw.psi ?? 1;
  const numbers = raw.z.every((one) => typeof one === "number" && Math.abs(one) <= LATENT_LIMIT);
  if (!numbers || typeof psi !== "number" || !(psi >= 0 && psi <= 2)) throw wrong("file.no_number");
  const y = space.labels.flatMap((one) => told(one, raw.labels?.[one.name], wrong));
  return latentState(raw.z, y, psi);
}

// {"3": 0.7, "8": 0.3}, or just "3" -> weights that sum to 1; nothing is the first value.
function told({ name, values }, given, wrong) {
  if (given === undefined) return [...oneHot(values.length, 0)];
  const shares = typeof given === "object" && given !== null ? given : { [given]: 1 };
  const found = values.map((value) => shares[value] ?? 0);
  const sum = found.reduce((a, b) => a + b, 0);
  const known = Object.keys(shares).every((value) => values.includes(value));
  if (!known || !found.every((w) => typeof w === "number" && w >= 0) || !(sum > 0)) throw wrong("file.label", { name });
  return found.map((w) => w / sum);
}

async function load(app, chooser) {
  const [file] = chooser.files;
  chooser.value = "";
  if (!file) return;
  try {
    if (file.size > LIMIT) throw new Error("file.no_json");
    app.go(stateFromJson(await file.text(), app.space));
    app.showNotice("");
  } catch (error) {
    app.showNotice(app.t(error.message, error.values));
  }
}
