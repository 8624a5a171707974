// @ts-check
/**
 * What the strip of a class may do with the lab of this page: take its link and picture, open another, say its
 * settings.
 * @import { LabOnPage } from "../../shared/page_lab.mjs"
 * @import { LabData } from "../types.js"
 * @import { LabView } from "../lab_view.mjs"
 */
import { element } from "../../shared/dom.mjs";
import { fill } from "../../shared/format.mjs";
import { readAddress } from "../address.mjs";
import { fullName, valueText } from "../controls/inputs.mjs";
import { applies, CONTROLS, DEFAULTS } from "../settings.mjs";

const SIDE = 200; // pixels, as gan_demo/classroom/offers.py allows 256
const MAX_PICTURE = 32_000; // characters of base64, which are 24,000 bytes
const QUALITIES = [0.85, 0.6, 0.3];
const MOST_SAID = 8; // settings

/**
 * @param {LabView} view
 * @param {Pick<LabData, "texts" | "language">} data
 * @param {(hash: string) => void} open
 * @returns {LabOnPage}
 */
export function labOnPage(view, data, open) {
  return {
    hash: () => view.hash,
    open,
    picture: () => picture(view.stage.canvas),
    describe: (hash) => settingsInWords(hash, data),
  };
}

/**
 * Return the settings of a lab that are not the usual ones in words, the data first.
 * @param {string} hash
 * @param {Pick<LabData, "texts" | "language">} data
 */
export function settingsInWords(hash, { texts, language }) {
  const { settings, at } = readAddress(hash);
  const others = CONTROLS.filter(
    (control) =>
      control.key === "data" || (settings[control.key] !== DEFAULTS[control.key] && applies(control, settings)),
  );
  const phrases = others.slice(0, MOST_SAID).map((control) => {
    const value = valueText(control, settings[control.key], { texts, language });
    return control.key === "data" ? value : `${fullName(texts, control.key)} ${value}`;
  });
  if (others.length > phrases.length) phrases.push("…");
  if (at) phrases.push(fill(texts.iteration, { n: at }));
  return phrases.join(" · ");
}

/** @param {HTMLCanvasElement} canvas */
function picture(canvas) {
  if (!canvas.width) return "";
  const small = element("canvas", { width: SIDE, height: SIDE });
  small.getContext("2d")?.drawImage(canvas, 0, 0, SIDE, SIDE);
  for (const quality of QUALITIES) {
    const content = small.toDataURL("image/jpeg", quality).replace(/^data:image\/jpeg;base64,/, "");
    if (content.length <= MAX_PICTURE && !content.startsWith("data:")) return content;
  }
  return "";
}
