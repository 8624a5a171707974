// @ts-check
/**
 * The lab's settings: what each may be, what it is at first, and which apply together.
 * @import { Control, LabSettings, Offer } from "./types.js"
 */

export const LOSSES = ["non_saturating", "minimax", "least_squares", "hinge", "wasserstein", "relativistic"];
export const DATA_SETS = ["ring", "grid", "gaussians", "blobs", "line", "moons", "spiral"];
/** Sets of the viewer's own points. */
export const OWN_SETS = ["drawn", "picture", "table"];
export const SPEEDS = [1, 2, 5, 20, 100, Infinity]; // iterations a second

/** @type {Readonly<LabSettings>} */
export const DEFAULTS = Object.freeze({
  data: "ring",
  noiseDim: 2,
  noiseKind: "gaussian",
  gLayers: 2,
  gWidth: 32,
  gLr: 1e-3,
  gSteps: 1,
  ema: 0,
  dLayers: 2,
  dWidth: 32,
  dLr: 1e-3,
  dSteps: 1,
  pack: 1,
  activation: "leaky_relu",
  loss: "relativistic",
  r1: 0.05,
  r2: 0.05,
  gp: 0,
  labelSmoothing: 0,
  optimizer: "adam",
  beta1: 0,
  beta2: 0.99,
  batch: 256,
  seed: 0,
});

const ZERO_OR_MORE = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];
const RATES = [1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5];

/** @type {(loss: string) => boolean} */
const hasSmoothing = (loss) => loss === "minimax" || loss === "non_saturating";
/** @type {(settings: LabSettings) => boolean} */
const isAdam = ({ optimizer }) => optimizer === "adam";

/**
 * Return the controls that both networks have: layers, units of each, learning rate.
 * @param {"g" | "d"} group
 * @returns {Control[]}
 */
function networkControls(group) {
  const layers = /** @type {const} */ (`${group}Layers`);
  const units = [1, 2, 4, 8, 16, 32, 64, 128, 256];
  return [
    { key: layers, group, kind: "slider", choices: [0, 1, 2, 3, 4, 5], isWhole: true },
    { key: `${group}Width`, group, kind: "slider", choices: units, isWhole: true, when: (known) => known[layers] > 0 },
    { key: `${group}Lr`, group, kind: "slider", choices: RATES, min: 1e-7, max: 10 },
  ];
}

/** Every control in the order of the page. A slider moves over `choices`; a link may hold any value from min to max. */
/** @type {readonly Control[]} */
export const CONTROLS = [
  { key: "data", group: "data", kind: "data", choices: [...DATA_SETS, ...OWN_SETS] },
  { key: "noiseKind", group: "noise", kind: "buttons", choices: ["gaussian", "uniform"] },
  { key: "noiseDim", group: "noise", kind: "buttons", choices: [1, 2], min: 1, max: 64, isWhole: true },
  ...networkControls("g"),
  { key: "gSteps", group: "g", kind: "slider", choices: [1, 2, 3, 4, 5], isWhole: true },
  { key: "ema", group: "g", kind: "slider", choices: [0, 0.9, 0.99, 0.999], min: 0, max: 0.9999 },
  ...networkControls("d"),
  { key: "dSteps", group: "d", kind: "slider", choices: [1, 2, 3, 4, 5, 10], isWhole: true },
  { key: "pack", group: "d", kind: "slider", choices: [1, 2, 3, 4], isWhole: true },
  { key: "loss", group: "loss", kind: "select", choices: LOSSES },
  { key: "r1", group: "loss", kind: "slider", choices: ZERO_OR_MORE, min: 0, max: 1000 },
  { key: "r2", group: "loss", kind: "slider", choices: ZERO_OR_MORE, min: 0, max: 1000 },
  { key: "gp", group: "loss", kind: "slider", choices: ZERO_OR_MORE, min: 0, max: 1000 },
  {
    key: "labelSmoothing",
    group: "loss",
    kind: "slider",
    choices: [0, 0.1, 0.2, 0.3],
    min: 0,
    max: 0.49,
    when: ({ loss }) => hasSmoothing(loss),
  },
  { key: "optimizer", group: "optimiser", kind: "buttons", choices: ["adam", "sgd", "rmsprop"] },
  { key: "beta1", group: "optimiser", kind: "slider", choices: [0, 0.5, 0.9], min: 0, max: 0.999, when: isAdam },
  { key: "beta2", group: "optimiser", kind: "slider", choices: [0.9, 0.99, 0.999], min: 0, max: 0.9999, when: isAdam },
  { key: "batch", group: "optimiser", kind: "slider", choices: [16, 32, 64, 128, 256, 512], isWhole: true },
  { key: "activation", group: "seed", kind: "select", choices: ["leaky_relu", "relu", "tanh", "sigmoid"] },
  { key: "seed", group: "seed", kind: "seed", choices: [], min: 0, max: 2 ** 32 - 1, isWhole: true },
];

/** Groups of controls in the order of the page; `hide=` takes them by name. */
export const GROUPS = [...new Set(CONTROLS.map((control) => control.group))];

/**
 * Settings that begin a training anew: points, latents and first weights follow from them.
 * @type {readonly (keyof LabSettings)[]}
 */
export const RESTARTING = ["data", "noiseDim", "noiseKind", "seed"];

/**
 * Return the choices of a control, on a static page those that its shipped graphs offer.
 * @param {Control} control
 * @param {Offer | null} offer
 */
export function choicesOf(control, offer) {
  const offered = offer?.[control.key];
  return offered ? control.choices.filter((choice) => offered.includes(choice)) : control.choices;
}

/**
 * Return a change that the shipped graphs can follow: one depth brings the other with it, and the first activation,
 * where the file has no graphs for it alone.
 * @param {LabSettings} settings
 * @param {Partial<LabSettings>} change
 * @param {readonly string[] | null} parts of the file: "G's depth-D's depth-activation"; null where a server compiles
 * @returns {Partial<LabSettings>}
 */
export function shippedChange(settings, change, parts) {
  const name = (/** @type {LabSettings} */ { gLayers, dLayers, activation }) => `${gLayers}-${dLayers}-${activation}`;
  const next = { ...settings, ...change };
  const depth = change.gLayers ?? change.dLayers ?? settings.gLayers;
  const equal = { gLayers: depth, dLayers: depth };
  const candidates = [change, { ...change, ...equal }, { ...change, ...equal, activation: DEFAULTS.activation }];
  return candidates.find((candidate) => !parts || parts.includes(name({ ...next, ...candidate }))) ?? change;
}

/**
 * Return whether a control applies to these settings.
 * @param {Control} control
 * @param {LabSettings} settings
 */
export function applies(control, settings) {
  return control.when?.(settings) ?? true;
}

/**
 * Return the value that a text stands for, or undefined if the control has no such value.
 * @param {Control} control
 * @param {string} text
 * @returns {string | number | undefined}
 */
export function parseValue(control, text) {
  if (typeof DEFAULTS[control.key] === "string") return control.choices.includes(text) ? text : undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  const numbers = control.choices.map(Number);
  const low = control.min ?? Math.min(...numbers);
  const high = control.max ?? Math.max(...numbers);
  const isAllowed = value >= low && value <= high && (!control.isWhole || Number.isInteger(value));
  return isAllowed ? value : undefined;
}

/**
 * Return settings in which a value is another and all others still hold with it: label smoothing is off where the loss
 * has no labels, and penalties of the other kind are off when one is switched on by a loss that needs it.
 * @param {LabSettings} settings
 * @param {Partial<LabSettings>} change
 * @returns {LabSettings}
 */
export function withChange(settings, change) {
  const next = { ...settings, ...change };
  if (!hasSmoothing(next.loss)) next.labelSmoothing = 0;
  return next;
}
