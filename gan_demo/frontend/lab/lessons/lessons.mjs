// @ts-check
/**
 * Lessons: settings that show one thing, layers to see it on, and where the training stands when it opens. What to
 * watch is said by the sentences "lesson.<id>" and, step by step, "lesson.<id>.1", "lesson.<id>.2", ….
 * @import { LabSettings } from "../types.js"
 */

/**
 * @typedef {object} Lesson
 * @property {string} id
 * @property {Partial<LabSettings>} settings from the defaults
 * @property {string[]} layers
 * @property {number} [at] iterations that are trained before it opens
 * @property {number} [speed]
 * @property {LessonTry[]} tries changes that the lesson offers as buttons
 */

/**
 * @typedef {object} LessonTry
 * @property {string} key the sentence "lesson.<id>.try.<key>"
 * @property {Partial<LabSettings>} change
 */

const BARE = { r1: 0, r2: 0, loss: "non_saturating" };
const HOPPING = { ...BARE, data: "ring", beta1: 0.5, gLr: 0.01, gSteps: 3, dLr: 1e-3, gWidth: 64, batch: 128 };
const FROZEN = 1e-7; // a learning rate that moves nothing that one could see

/** @type {readonly Lesson[]} */
export const LESSONS = [
  {
    id: "best_d",
    settings: { ...BARE, data: "gaussians", gLayers: 0, gLr: FROZEN, dLr: 2e-3, beta1: 0.5, dWidth: 64, batch: 512 },
    layers: ["surface", "real", "fake"],
    tries: [{ key: "free", change: { gLayers: 2, gLr: 1e-3, dLr: 1e-3, r1: 0.1 } }],
  },
  {
    id: "vanishing",
    settings: { ...BARE, loss: "minimax", data: "gaussians", gLr: FROZEN, dLr: 5e-3 },
    layers: ["surface", "real", "fake", "arrows"],
    at: 300,
    tries: [
      { key: "non_saturating", change: { loss: "non_saturating" } },
      { key: "minimax", change: { loss: "minimax" } },
      { key: "free", change: { gLr: 1e-3, dLr: 1e-3 } },
    ],
  },
  {
    id: "hopping",
    settings: HOPPING,
    layers: ["surface", "real", "fake", "trails"],
    at: 400,
    tries: [
      { key: "relativistic", change: { loss: "relativistic", r1: 0.05, r2: 0.05, beta1: 0, gLr: 1e-3, gSteps: 1 } },
      { key: "r1", change: { ...HOPPING, r1: 0.1, gLr: 1e-3, gSteps: 1 } },
      { key: "bare", change: HOPPING },
    ],
  },
  {
    id: "wgan",
    settings: { loss: "wasserstein", gp: 1, r1: 0, r2: 0, beta1: 0.5, dSteps: 5, data: "gaussians" },
    layers: ["surface", "real", "fake", "arrows"],
    tries: [
      { key: "no_penalty", change: { gp: 0 } },
      { key: "penalty", change: { gp: 1 } },
    ],
  },
  {
    id: "r1",
    settings: { ...BARE, data: "blobs", r1: 1 },
    layers: ["surface", "real", "fake", "arrows"],
    tries: [
      { key: "none", change: { r1: 0 } },
      { key: "much", change: { r1: 10 } },
      { key: "some", change: { r1: 0.1 } },
    ],
  },
  { id: "dirac", settings: {}, layers: ["surface", "real", "fake"], tries: [] },
  {
    id: "nan",
    settings: { ...BARE, loss: "wasserstein", optimizer: "sgd", gLr: 0.5, dLr: 0.5 },
    layers: ["surface", "real", "fake"],
    speed: 2,
    tries: [{ key: "penalty", change: { optimizer: "adam", gp: 1, gLr: 1e-3, dLr: 1e-3, beta1: 0.5, dSteps: 5 } }],
  },
  {
    id: "trained",
    settings: {},
    layers: ["surface", "real", "fake"],
    at: 1000, // of which the page has a shipped moment
    tries: [
      { key: "fast", change: { gLr: 1e-2 } },
      { key: "usual", change: { gLr: 1e-3 } },
    ],
  },
];

/** @param {string} id */
export function lessonOf(id) {
  return LESSONS.find((lesson) => lesson.id === id) ?? null;
}
