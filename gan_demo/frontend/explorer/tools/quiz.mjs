// @ts-check
// Spot the fake: ten rounds of real against generated, the person against D.

/** @import { Tool } from "../types.js" */
import { Quiz } from "../quiz/quiz.mjs";

/** @type {Tool} */
export const tool = {
  name: "quiz",
  css: true,
  build: (host, app) => new Quiz(app, host),
};
