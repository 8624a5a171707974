// How a game ended, and all games so far.
import { copyText } from "../../shared/clipboard.mjs";
import { button } from "../../shared/dom.mjs";
import { newSeed } from "../latent.mjs";
import { Game, ROUNDS } from "./game.mjs";

// again(seed) begins another game.
export function ending(app, host, { game, scores, again }) {
  const { right, d, judged, best } = game.score;
  host.innerHTML = `<h4 tabindex="-1"></h4><p class="compared"></p><p class="guess"></p><div class="acts"></div><p class="all"></p>`;
  const [title, compared, guess, acts, all] = host.children;
  title.textContent = app.t("quiz.result", { right, of: ROUNDS });
  compared.textContent = judged ? verdict(app, right, d, judged) : "";
  const hardest = Math.max(...game.answers.filter((one) => one.right).map((one) => one.step), -1);
  const told = [
    app.t("quiz.guess", { n: app.formatNumber(Game.guessed, 1) }),
    best > 1 ? app.t("quiz.longest", { n: best }) : "",
    hardest >= 0 ? app.t("quiz.hardest", { step: app.formatNumber(hardest) }) : "",
  ];
  guess.textContent = told.filter(Boolean).join(" ");
  const offer = (name, act, className) => {
    const made = button(name === "share" ? "link" : "", app.t(`quiz.${name}`), undefined, className);
    made.dataset.act = name;
    made.addEventListener("click", act);
    acts.append(made);
    return made;
  };
  offer("again", () => again(newSeed()), "primary");
  offer("same", () => again(game.seed));
  const shared = offer("share", () => share(app, shared));
  summary(app, all, scores);
  title.focus({ preventScroll: true });
  app.announce([title.textContent, compared.textContent].join(" "));
}

function verdict(app, right, d, judged) {
  const key = right > d ? "quiz.you_win" : right < d ? "quiz.d_wins" : "quiz.even";
  return app.t(key, { d, of: judged });
}

// Said on the button: on a phone the stage is out of sight.
async function share(app, made) {
  const link = app.link();
  if (!(await copyText(link, made.parentElement))) return app.showNotice(link);
  const text = app.t("quiz.shared");
  made.querySelector("span").textContent = text;
  app.announce(text);
}

function summary(app, host, scores) {
  const { games, rounds, right, judged, d, best, streak } = scores.read();
  if (!games) return;
  const share = (part, whole) => app.t("percent", { n: app.formatNumber((100 * part) / whole) });
  const parts = [app.t("quiz.all", { games: app.formatNumber(games), share: share(right, rounds), best, streak })];
  if (judged) parts.push(app.t("quiz.all_d", { share: share(d, judged) }));
  const text = Object.assign(document.createElement("span"), { textContent: `${parts.join(" ")} ` });
  const forget = button("", app.t("quiz.forget"));
  forget.dataset.act = "forget";
  forget.addEventListener("click", () => {
    scores.forget();
    host.replaceChildren();
    app.announce(app.t("quiz.forgotten"));
  });
  host.replaceChildren(text, forget);
}
