// @ts-check
/**
 * Settings by the names that they have in the core (config.py), and back.
 * @import { TrainerSettings } from "./types.js"
 */
import { FORMULAS } from "./data/points.mjs";

/** Names in the core, of those settings that it has. */
const NAMES = /** @type {const} */ ({
  data: "name",
  arch: "arch",
  noiseDim: "z_dim",
  noiseKind: "noise",
  gWidth: "width",
  dWidth: "d_width",
  gLayers: "depth",
  dLayers: "d_depth",
  activation: "activation",
  pack: "packing",
  conditional: "conditional",
  loss: "loss",
  batch: "batch",
  steps: "steps",
  dSteps: "d_steps",
  optimizer: "optimizer",
  gLr: "g_lr",
  dLr: "d_lr",
  beta1: "beta1",
  beta2: "beta2",
  schedule: "schedule",
  warmup: "warmup",
  scheduleFrom: "schedule_from",
  finalFactor: "final_factor",
  restart: "restart",
  restartFactor: "restart_factor",
  r1: "r1",
  r2: "r2",
  gp: "gp",
  penaltyEvery: "penalty_every",
  labelSmoothing: "label_smoothing",
  ema: "ema",
  seed: "seed",
});

/** The settings on which graphs depend; of penalties only whether they are above 0. */
const OF_GRAPHS = /** @type {const} */ ([
  ...["arch", "noiseDim", "gWidth", "dWidth", "gLayers", "dLayers", "activation", "pack", "conditional"],
  ...["loss", "optimizer", "batch"],
]);

/**
 * Return settings by the core's names; what is missing has the core's default.
 * @param {TrainerSettings} settings
 */
export function toCore(settings) {
  /** @type {Record<string, string | number | boolean>} */
  const values = {};
  for (const [name, coreName] of Object.entries(NAMES)) {
    const value = settings[/** @type {keyof TrainerSettings} */ (name)];
    if (value !== undefined) values[coreName] = value;
  }
  values.arch ??= "points";
  if (values.noise === "gaussian") values.noise = "normal";
  return values;
}

/**
 * Return the settings that values by the core's names stand for.
 * @param {Record<string, any>} values
 * @returns {TrainerSettings}
 */
export function fromCore(values) {
  const entries = Object.entries(NAMES).filter(([, coreName]) => values[coreName] !== undefined);
  const settings = Object.fromEntries(entries.map(([name, coreName]) => [name, values[coreName]]));
  if (settings.noiseKind === "normal") settings.noiseKind = "gaussian";
  if (settings.dLayers < 0) settings.dLayers = settings.gLayers;
  return /** @type {TrainerSettings} */ (/** @type {unknown} */ ({ ...settings, gSteps: 1 }));
}

/**
 * Return what the graphs of settings depend on, by the core's names, as a query.
 * @param {TrainerSettings} settings
 */
export function graphQuery(settings) {
  const values = toCore(settings);
  const isPoints = values.arch === "points";
  const query = new URLSearchParams();
  query.set("name", isPoints ? FORMULAS[0] : settings.data);
  for (const name of OF_GRAPHS) {
    const coreName = NAMES[/** @type {keyof typeof NAMES} */ (name)];
    if (values[coreName] !== undefined) query.set(coreName, String(values[coreName]));
  }
  if (settings.r1 > 0 || settings.r2 > 0) query.set("r1", "1");
  if (settings.gp > 0) query.set("gp", "1");
  return query.toString();
}
