// @ts-check
/**
 * Which setting made a training come to infinite numbers or NaN, and the last iteration before.
 * @import { Snapshot } from "./snapshots.mjs"
 * @import { Diverged, Report, TrainerSettings } from "./types.js"
 */
import { notFinite } from "./training.mjs";

const SOON = 300; // iterations after a change in which it is the likeliest cause
const CALM = 10; // times the median of what is usual

/**
 * Describe a step that was not taken.
 * @param {Report} report of that step
 * @param {number} iteration it would have led to
 * @param {readonly Snapshot[]} snapshots
 * @param {{ key: keyof TrainerSettings, iteration: number } | null} change the newest one
 * @returns {Diverged}
 */
export function diverged(report, iteration, snapshots, change) {
  const part = notFinite(report) ?? "dLoss";
  const isAfterChange = change !== null && iteration - change.iteration <= SOON;
  const back = isAfterChange ? change.iteration : calmIteration(snapshots);
  const setting = isAfterChange ? change.key : likelyCause(snapshots);
  return { iteration, part, setting, back };
}

/**
 * Return the newest iteration whose numbers are of the usual size.
 * @param {readonly Snapshot[]} snapshots
 */
function calmIteration(snapshots) {
  const sizes = snapshots.map(({ report }) => size(report));
  const usual = median(sizes.filter((value) => value > 0));
  let index = snapshots.length - 1;
  while (index > 0 && sizes[index] > CALM * usual) index--;
  return snapshots[index]?.state.iteration ?? 0;
}

/**
 * Return the setting that most likely made the numbers grow: a penalty that is most of D's loss, a loss without a bound
 * on D, or the learning rate of the network whose gradient grew more.
 * @param {readonly Snapshot[]} snapshots
 * @returns {keyof TrainerSettings | ""}
 */
function likelyCause(snapshots) {
  const last = snapshots.at(-1);
  if (!last) return "";
  const { settings, report } = last;
  if (report.penalty > 10 * Math.abs(report.dLoss)) return largestPenalty(settings);
  const isUnbounded = settings.loss === "wasserstein" && !(settings.r1 || settings.r2 || settings.gp);
  if (isUnbounded) return "loss";
  const [d, g] = [growth(snapshots, "gradNormD"), growth(snapshots, "gradNormG")];
  return d >= g ? "dLr" : "gLr";
}

/** @param {TrainerSettings} settings */
function largestPenalty({ r1, r2, gp }) {
  if (gp >= r1 && gp >= r2) return "gp";
  return r1 >= r2 ? "r1" : "r2";
}

/**
 * Return the newest value in multiples of the usual one.
 * @param {readonly Snapshot[]} snapshots
 * @param {keyof Report} name
 */
function growth(snapshots, name) {
  const values = snapshots.map(({ report }) => report[name]).filter((value) => value > 0);
  return (values.at(-1) ?? 0) / (median(values) || 1);
}

/** @param {Report} report */
function size({ dLoss, gLoss, penalty, gradNormD, gradNormG }) {
  const values = [dLoss, gLoss, penalty, gradNormD, gradNormG].map(Math.abs).filter(Number.isFinite);
  return Math.max(0, ...values);
}

/** @param {number[]} values */
function median(values) {
  return values.length ? [...values].sort((a, b) => a - b)[values.length >> 1] : 0;
}
