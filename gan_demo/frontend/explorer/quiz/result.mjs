// @ts-check
// How a game ended, and the score of all games so far.

/**
 * @import { App } from "../types.js"
 * @import { Score } from "./game.mjs"
 * @import { Scores } from "./scores.mjs"
 */
import { copyText } from "../../shared/clipboard.mjs";
import { button, element, find } from "../../shared/dom.mjs";
import { newSeed } from "../latent.mjs";
import { Game, ROUNDS } from "./game.mjs";

/**
 * Show the result of a game.
 * @param {App} app
 * @param {HTMLElement} host
 * @param {{ game: Game, scores: Scores, again: (seed: number) => void }} options `again` begins another game
 */
export function showResult(app, host, { game, scores, again }) {
  const { score } = game;
  const title = element("h2", { tabIndex: -1, textContent: app.t("quiz.result", { right: score.right, of: ROUNDS }) });
  const comparison = element("p", { className: "compared", textContent: comparisonWithD(app, score) });
  const actions = element(
    "div",
    { className: "acts" },
    actionButton(app, "again", () => again(newSeed()), "primary"),
    actionButton(app, "same", () => again(game.seed)),
  );
  const share = actionButton(app, "share", () => shareGame(app, share));
  actions.append(share);
  host.replaceChildren(
    title,
    comparison,
    element("p", { className: "guess", textContent: remarks(app, game) }),
    actions,
    allGames(app, scores),
  );
  title.focus({ preventScroll: true });
  app.announce([title.textContent, comparison.textContent].join(" "));
}

/**
 * @param {App} app
 * @param {Score} score
 */
function comparisonWithD(app, { right, d, judged }) {
  if (!judged) return "";
  if (right === d) return app.t("quiz.even", { d, of: judged });
  return app.t(right > d ? "quiz.you_win" : "quiz.d_wins", { d, of: judged });
}

/**
 * Return what guessing would find, the most right answers in a row, and the hardest right answer.
 * @param {App} app
 * @param {Game} game
 */
function remarks(app, { answers, score }) {
  const hardest = Math.max(...answers.filter(({ right }) => right).map(({ step }) => step), -1);
  const sentences = [
    app.t("quiz.guess", { n: app.formatNumber(Game.expectedByGuessing, 1) }),
    score.best > 1 ? app.t("quiz.longest", { n: score.best }) : "",
    hardest >= 0 ? app.t("quiz.hardest", { step: app.formatNumber(hardest) }) : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

/**
 * @param {App} app
 * @param {"again" | "same" | "share" | "forget"} name
 * @param {() => void} press
 */
function actionButton(app, name, press, className = "") {
  const created = button(name === "share" ? "link" : "", app.t(`quiz.${name}`), undefined, className);
  created.dataset.act = name;
  created.addEventListener("click", press);
  return created;
}

/**
 * Copy a link to the game, and say so on the button: on a phone the stage, with its notices, is out of sight.
 * @param {App} app
 * @param {HTMLButtonElement} pressed
 */
async function shareGame(app, pressed) {
  const link = app.link();
  if (!(await copyText(link, pressed.parentElement ?? pressed))) {
    app.showNotice(link);
    return;
  }
  const text = app.t("quiz.shared");
  find(pressed, "span").textContent = text;
  app.announce(text);
}

/**
 * Return the paragraph on all games with this model, with a button to forget them; empty before the first.
 * @param {App} app
 * @param {Scores} scores
 */
function allGames(app, scores) {
  const host = element("p", { className: "all" });
  const { games, rounds, right, judged, d, best, streak } = scores.read();
  if (!games) return host;
  /** @param {number} part @param {number} whole */
  const percent = (part, whole) => app.t("percent", { n: app.formatNumber((100 * part) / whole) });
  const sentences = [
    app.t("quiz.all", { games: app.formatNumber(games), share: percent(right, rounds), best, streak }),
    judged ? app.t("quiz.all_d", { share: percent(d, judged) }) : "",
  ];
  const forget = actionButton(app, "forget", () => {
    scores.forget();
    host.replaceChildren();
    app.announce(app.t("quiz.forgotten"));
  });
  host.append(element("span", { textContent: `${sentences.filter(Boolean).join(" ")} ` }), forget);
  return host;
}
