// @ts-check
/**
 * Moments of trainings that the page ships, drawn until the engine has its first frame: snapshots.json, which
 * scripts/make_lab_snapshots.py writes.
 * @import { LabSettings, LabState, StageFrame } from "./types.js"
 */
import { packPoints, unpackPoints } from "./data/packed_points.mjs";
import { noiseGrid, SURFACE, shownNoise } from "./frames.mjs";

const FILE = new URL("./snapshots.json", import.meta.url);
const SURFACE_SPAN = 5; // shares are packed like coordinates, of [-2.5, 2.5]

/**
 * @typedef {object} Snapshot
 * @property {LabSettings} settings
 * @property {number} iteration
 * @property {string} samples packed points, as all others
 * @property {string} surface D's shares "real"
 * @property {string} warp output of the noise's grid, or ""
 */

/** @returns {Promise<Snapshot[]>} none where the file does not come: it is only a preview */
export async function fetchSnapshots() {
  try {
    const answer = await fetch(FILE);
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

/**
 * Return the snapshot of a lab's settings, at the iteration that the lab begins with if it is not 0.
 * @param {readonly Snapshot[]} snapshots
 * @param {LabState} state
 */
export function snapshotOf(snapshots, { settings, points, at }) {
  if (points) return null;
  const keys = /** @type {(keyof LabSettings)[]} */ (Object.keys(settings));
  const fits = (/** @type {Snapshot} */ snapshot) => keys.every((key) => snapshot.settings[key] === settings[key]);
  return snapshots.find((snapshot) => fits(snapshot) && (!at || at === snapshot.iteration)) ?? null;
}

/**
 * @param {LabSettings} settings
 * @param {StageFrame} frame
 * @returns {Snapshot}
 */
export function packSnapshot(settings, { iteration, samples, surface, warp }) {
  const shares = surface?.values ?? new Float32Array(SURFACE * SURFACE);
  return {
    settings,
    iteration,
    samples: packPoints(samples),
    surface: packPoints(shares.map((share) => SURFACE_SPAN * (share - 0.5))),
    warp: warp ? packPoints(warp.output) : "",
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {StageFrame}
 */
export function snapshotFrame({ settings, iteration, samples, surface, warp }) {
  const grid = noiseGrid(settings.noiseDim, settings.noiseKind);
  const output = unpackPoints(warp);
  const values = unpackPoints(surface)?.map((value) => value / SURFACE_SPAN + 0.5);
  return {
    iteration,
    samples: unpackPoints(samples) ?? new Float32Array(),
    surface: values ? { values, n: SURFACE } : null,
    warp: grid && output ? { ...grid, noise: shownNoise(grid), output } : null,
    arrows: null,
  };
}
