// Spot the fake: ten rounds of real against generated, the person against D.
import { Quiz } from "../quiz/quiz.mjs";

export const tool = {
  name: "quiz",
  css: true,

  build(host, app) {
    const quiz = new Quiz(app, host);
    return { show: () => quiz.show(), hide: () => quiz.hide(), destroy: () => quiz.destroy() };
  },
};
