// @ts-check
/**
 * The loss formulas with the current numbers in them.
 * @import { Language, Texts } from "../../shared/types.js"
 * @import { EngineFrame, LabSettings } from "../types.js"
 */
import { precise } from "../../shared/format.mjs";

/** D's and G's loss of each name, as gan/losses.py has them; x real, z noise. */
const FORMULAS = /** @type {Record<string, { d: string, g: string }>} */ ({
  minimax: { d: "𝔼 −log σ(D(x)) + 𝔼 −log(1 − σ(D(G(z))))", g: "𝔼 log(1 − σ(D(G(z))))" },
  non_saturating: { d: "𝔼 −log σ(D(x)) + 𝔼 −log(1 − σ(D(G(z))))", g: "𝔼 −log σ(D(G(z)))" },
  least_squares: { d: "½ 𝔼 (D(x) − 1)² + ½ 𝔼 D(G(z))²", g: "½ 𝔼 (D(G(z)) − 1)²" },
  hinge: { d: "𝔼 max(0, 1 − D(x)) + 𝔼 max(0, 1 + D(G(z)))", g: "−𝔼 D(G(z))" },
  wasserstein: { d: "𝔼 D(G(z)) − 𝔼 D(x)", g: "−𝔼 D(G(z))" },
  relativistic: { d: "𝔼 −log σ(D(x) − D(G(z)))", g: "𝔼 −log σ(D(G(z)) − D(x))" },
});

/** @typedef {Pick<EngineFrame, "dLoss" | "gLoss" | "penalty" | "dReal" | "dFake">} FormulaNumbers */

/**
 * @typedef {object} FormulaLine
 * @property {"d" | "g"} network
 * @property {string} formula
 * @property {string} numbers
 */

/**
 * Return both losses' formulas and numbers.
 * @param {LabSettings} settings
 * @param {FormulaNumbers} frame
 * @param {Texts} texts
 * @param {Language} language
 * @returns {FormulaLine[]}
 */
export function formulaLines(settings, frame, texts, language) {
  const formulas = FORMULAS[settings.loss];
  /** @param {number} value */
  const say = (value) => precise(language, Number.isFinite(value) ? value : null);
  const penalties = penaltyTerms(settings);
  const means = `D(x) ≈ ${say(frame.dReal)}, D(G(z)) ≈ ${say(frame.dFake)}`;
  const sum = penalties ? `${say(frame.dLoss)} + ${say(frame.penalty)}` : say(frame.dLoss);
  return [
    {
      network: "d",
      formula: `${formulas.d}${penalties}`,
      numbers: `= ${sum}   (${texts["formula.means"]} ${means})`,
    },
    { network: "g", formula: formulas.g, numbers: `= ${say(frame.gLoss)}` },
  ];
}

/** @param {LabSettings} settings */
function penaltyTerms({ r1, r2, gp }) {
  const terms = [];
  if (r1) terms.push(` + ${r1}/2 · 𝔼 ‖∇D(x)‖²`);
  if (r2) terms.push(` + ${r2}/2 · 𝔼 ‖∇D(G(z))‖²`);
  if (gp) terms.push(` + ${gp} · 𝔼 (‖∇D(x̂)‖ − 1)²`);
  return terms.join("");
}
