// @ts-check
// A game of real against generated on show: its rounds one after the other, and the result.

/**
 * @import { App } from "../types.js"
 * @import { Networks, RealImages, Round } from "./rounds_loader.mjs"
 */
import { element } from "../../shared/dom.mjs";
import { newSeed } from "../latent.mjs";
import { realImages } from "../training_images.mjs";
import { Game } from "./game.mjs";
import { showResult } from "./result.mjs";
import { RoundBoard } from "./round_board.mjs";
import { RoundsLoader } from "./rounds_loader.mjs";
import { Scores } from "./scores.mjs";
import { Standing } from "./standing.mjs";
import { TruthPanel } from "./truth_panel.mjs";

const ANSWER_KEYS = /^[1-6]$/;
const TYPED_INTO = "input, textarea, select, [contenteditable=true]";

export class Quiz {
  /** @type {Game | null} */
  game = null;
  /** The round on show. @type {Round | null} */
  round = null;
  #isShown = false;
  #turn = 0; // rises with every game; what arrives for an older one is dropped
  /** The networks of the round to come. @type {Promise<Networks> | null} */
  #networks = null;
  /** @type {RealImages | null} */
  #images = null;
  #ended = new AbortController();

  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.app = app;
    this.host = host;
    this.loader = new RoundsLoader(app);
    this.scores = new Scores(app.data.id);
    const head = element("div", { className: "head" });
    this.standing = new Standing(app, head);
    this.question = element("h2", { className: "question", tabIndex: -1 });
    const boardHost = element("div", { className: "place" });
    this.board = new RoundBoard(app, boardHost, (index) => this.answer(index));
    const truths = element("div", { className: "truths" });
    this.truths = new TruthPanel(app, truths, { next: () => this.deal(), visit: () => this.visit() });
    this.playArea = element("div", { className: "play" }, head, this.question, boardHost, truths);
    this.resultArea = element("div", { className: "end", hidden: true });
    this.line = element("p", { className: "alone" });
    host.append(this.playArea, this.resultArea, this.line);
    document.addEventListener("keydown", (event) => this.pressKey(event), { signal: this.#ended.signal });
  }

  // ---- the tab

  show() {
    this.#isShown = true;
    if (!this.game) this.begin(Number(this.app.params.get("quiz", "seed")) >>> 0 || newSeed());
  }

  hide() {
    this.#isShown = false;
  }

  destroy() {
    this.#turn++;
    this.#ended.abort();
  }

  /**
   * Answer by number, wherever the focus is.
   * @param {KeyboardEvent} event
   */
  pressKey(event) {
    const target = event.composedPath()[0];
    const isTyped = target instanceof Element && target.closest(TYPED_INTO);
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    if (!this.#isShown || isTyped || hasModifier || !ANSWER_KEYS.test(event.key)) return;
    const isHere = target === document.body || (target instanceof Node && this.app.root.contains(target));
    if (isHere) this.board.choose(Number(event.key) - 1);
  }

  // ---- a game

  /** @param {number} seed */
  async begin(seed) {
    const turn = ++this.#turn;
    this.app.params.set("quiz", String(seed), "seed");
    this.game = new Game(seed, this.loader.steps);
    this.playArea.hidden = false;
    this.resultArea.hidden = true;
    this.line.textContent = "";
    this.question.textContent = this.app.t("preparing");
    this.board.show([], "");
    this.truths.hide();
    this.loadNext(this.game);
    try {
      this.#images = await realImages(this.app, seed);
    } catch {
      if (turn === this.#turn) this.endWithoutImages();
      return;
    }
    if (turn === this.#turn) this.deal();
  }

  /**
   * Load the networks of the round to come.
   * @param {Game} game
   */
  loadNext(game) {
    this.#networks = this.loader.load(game.step, game.round);
    this.#networks.catch(() => {}); // deal() awaits it, and handles a failure
  }

  endWithoutImages() {
    this.playArea.hidden = true;
    this.game = null;
    this.line.textContent = this.app.t("quiz.no_real");
  }

  finish() {
    if (!this.game) return;
    this.scores.add(this.game.score, this.game.round);
    this.playArea.hidden = true;
    this.resultArea.hidden = false;
    delete this.host.dataset.wanted;
    showResult(this.app, this.resultArea, {
      game: this.game,
      scores: this.scores,
      again: (seed) => this.begin(seed),
    });
  }

  // ---- a round

  /** Show the next round, or the result after the last. */
  async deal() {
    if (this.game?.isOver) {
      this.finish();
      return;
    }
    const turn = this.#turn;
    this.board.close();
    try {
      const round = await this.loadRound();
      if (turn !== this.#turn || this.app.destroyed || !round) return;
      this.round = round;
      this.present(round);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.line.textContent = this.app.t("quiz.no_networks");
      this.app.drawingFailed(error);
    }
  }

  async loadRound() {
    const networks = await this.#networks;
    if (!this.game || !networks || !this.#images) return null;
    return this.loader.round(this.game, networks, this.#images);
  }

  /** @param {Round} round */
  present({ size, wanted, pictures, odd, dsChoice }) {
    const { app, game, host } = this;
    if (!game) return;
    const fakeKey = size === 2 ? "quiz.which_of_two" : "quiz.which_fake";
    const question = app.t(wanted === "fake" ? fakeKey : "quiz.which_real");
    this.question.textContent = question;
    this.truths.hide();
    this.board.show(
      pictures.map(({ pixels }) => pixels),
      question,
    );
    host.dataset.round = String(game.round + 1);
    host.dataset.wanted = String(odd); // for tests: the right answer
    host.dataset.judge = String(dsChoice);
    this.standing.beginRound(game);
    this.line.textContent = app.space.discriminator ? "" : app.t("quiz.no_d");
    app.announce(`${this.standing.heading} ${question}`);
    const { activeElement } = /** @type {Document | ShadowRoot} */ (host.getRootNode());
    if (game.round && host.contains(activeElement)) this.board.focusFirst();
  }

  /** @param {number} index */
  answer(index) {
    const { game, round } = this;
    if (!game || !round) return;
    const { odd, dsChoice, pictures } = round;
    const { step } = game;
    const isRight = index === odd;
    const isDRight = dsChoice < 0 ? null : dsChoice === odd;
    game.answer(isRight, isDRight);
    this.board.reveal({ isReal: pictures.map(({ isReal }) => isReal), odd, answer: index, dsChoice });
    this.standing.show(game);
    this.truths.show(round, { isRight, isDRight, step, isLast: game.isOver });
    if (!game.isOver) this.loadNext(game);
  }

  /** Go to the state of the generated picture that was to be found. */
  visit() {
    if (this.round) this.app.go(this.round.fakes[0]);
  }
}
