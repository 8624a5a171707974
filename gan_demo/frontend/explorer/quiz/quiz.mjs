// A game on show: its rounds one after the other, and how it ended.

import { button } from "../../shared/dom.mjs";
import { mostProbable, SampleReader } from "../engine/classifiers.mjs";
import { newSeed, oneHot } from "../latent.mjs";
import { realImages } from "../training_images.mjs";
import { choice, Game, ROUNDS } from "./game.mjs";
import { ending } from "./result.mjs";
import { Table } from "./round_board.mjs";
import { Networks } from "./rounds_loader.mjs";
import { Scores } from "./scores.mjs";

export class Quiz {
  constructor(app, host) {
    Object.assign(this, { app, host, turn: 0, game: null, shown: false, now: null });
    this.networks = new Networks(app);
    this.reader = new SampleReader(app);
    this.scores = new Scores(app.data.id);
    host.innerHTML = `<div class="play"><div class="head"><ol class="dots"></ol><p class="standing"></p></div><h4 class="question" tabindex="-1"></h4>
      <div class="place"></div><div class="truths" hidden><canvas class="pixelated" role="img"></canvas><div><p class="verdict"></p><p class="judged"></p>
      <div class="acts"></div></div></div></div><div class="end" hidden></div><p class="alone"></p>`;
    const find = (one) => host.querySelector(one);
    Object.assign(this, {
      play: find(".play"),
      dots: find(".dots"),
      standing: find(".standing"),
      question: find(".question"),
      truths: find(".truths"),
      large: find(".truths canvas"),
      verdict: find(".verdict"),
      judged: find(".judged"),
      acts: find(".acts"),
      end: find(".end"),
      line: find(".alone"),
    });
    this.dots.setAttribute("aria-label", app.t("quiz.rounds"));
    this.table = new Table(app, find(".place"), (k) => this.answer(k));
    this.next = this.act("next", () => this.deal(), "primary");
    this.visit = this.act("visit", () => app.go(this.now.fakes[0]));
    this.ending = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.ending.signal });
  }

  act(name, press, className = "") {
    const made = button("", this.app.t(`quiz.${name}`), undefined, className);
    made.dataset.act = name;
    made.addEventListener("click", press);
    this.acts.append(made);
    return made;
  }

  show() {
    this.shown = true;
    if (!this.game) this.begin(Number(this.app.params.get("quiz", "seed")) >>> 0 || newSeed());
  }

  hide() {
    this.shown = false;
  }

  destroy() {
    this.turn++;
    this.ending.abort();
  }

  // 1 to 6 take a picture, wherever the focus is.
  key(event) {
    const target = event.composedPath()[0];
    const typing = target.closest?.("input, textarea, select, [contenteditable=true]");
    if (!this.shown || typing || event.ctrlKey || event.metaKey || event.altKey || !/^[1-6]$/.test(event.key)) return;
    if (this.app.root.contains(target) || target === document.body) this.table.choose(Number(event.key) - 1);
  }

  async begin(seed) {
    const turn = ++this.turn;
    this.app.params.set("quiz", String(seed), "seed");
    this.game = new Game(seed, this.networks.steps);
    this.play.hidden = false;
    this.end.hidden = true;
    this.line.textContent = "";
    this.question.textContent = this.app.t("preparing");
    this.table.lay([], "");
    this.truths.hidden = true;
    this.coming = this.networks.of(this.game.step, 0);
    this.coming.catch(() => {}); // who deals hears of it
    try {
      this.reals = await realImages(this.app, seed);
    } catch {
      return this.without(turn);
    }
    if (turn === this.turn) this.deal();
  }

  without(turn) {
    if (turn !== this.turn) return;
    this.play.hidden = true;
    this.game = null;
    this.line.textContent = this.app.t("quiz.no_real");
  }

  // ---- a round

  async deal() {
    if (this.game.over) return this.finish();
    const { turn } = this;
    this.table.open = false;
    try {
      const now = await this.round();
      if (turn !== this.turn || this.app.destroyed) return;
      this.now = now;
      this.present();
    } catch (error) {
      if (turn !== this.turn) return;
      this.line.textContent = this.app.t("quiz.no_networks");
      this.app.drawingFailed(error);
    }
  }

  // The question with its pictures in their places, and D's choice (-1 without D).
  async round() {
    const networks = await this.coming;
    const asked = this.game.question(this.app.space, this.reals.count);
    const x = await this.app.samples(asked.fakes, { model: networks.generator });
    const fakes = asked.fakes.map((state, k) => ({ pixels: this.app.pixels(x, k), y: state.y, real: false }));
    const reals = asked.reals.map((k) => ({ pixels: this.reals.pixels(k), index: k, real: true }));
    const [odd, others] = asked.wanted === "fake" ? [fakes[0], reals] : [reals[0], fakes];
    const laid = [...others.slice(0, asked.odd), odd, ...others.slice(asked.odd)];
    return { ...asked, laid, ds: await this.judge(networks.judge, laid, asked.wanted) };
  }

  async judge(name, laid, wanted) {
    if (!name) return -1;
    const ys = await this.labels(laid);
    if (!ys) return -1;
    return choice(
      await this.networks.logits(
        name,
        laid.map((one) => one.pixels),
        ys,
      ),
      wanted,
    );
  }

  // A conditional D wants to know what each picture is: of real ones their label, or else what the classifier reads.
  async labels(laid) {
    const { labels } = this.app.space;
    if (!labels.length) return laid.map(() => []);
    const told = (values) => labels.flatMap((one, k) => [...oneHot(one.values.length, values[k])]);
    const found = [];
    for (const one of laid) {
      const values = one.real ? (this.reals.values(one.index) ?? (await this.read(one.index))) : null;
      if (one.real && values?.length !== labels.length) return null;
      found.push(one.real ? told(values) : [...one.y]);
    }
    return found;
  }

  async read(index) {
    if (!this.reader.fields.length) return null;
    const [fields] = await this.reader.read(this.reals.x(index), 1);
    return fields.map((p) => mostProbable(p)[0]);
  }

  present() {
    const { app, now, game } = this;
    const words = app.t(
      now.wanted === "fake" ? (now.size === 2 ? "quiz.which_of_two" : "quiz.which_fake") : "quiz.which_real",
    );
    this.question.textContent = words;
    this.truths.hidden = true;
    this.table.lay(
      now.laid.map((one) => one.pixels),
      words,
    );
    this.host.dataset.round = game.round + 1;
    this.host.dataset.wanted = now.odd; // for tests: which one it is
    this.host.dataset.judge = now.ds;
    this.heading = app.t("quiz.round", { n: game.round + 1, of: ROUNDS, step: app.formatNumber(game.step) });
    this.standings();
    app.announce(`${this.heading} ${words}`);
    if (game.round && this.host.contains(this.host.getRootNode().activeElement)) this.table.items[0].focus();
  }

  answer(k) {
    const { app, game, now } = this;
    const right = k === now.odd;
    const [step, d] = [game.step, now.ds < 0 ? null : now.ds === now.odd];
    game.answer(right, d);
    this.table.reveal({ real: now.laid.map((one) => one.real), odd: now.odd, yours: k, ds: now.ds });
    this.large.hidden = now.size === 2; // those are large already
    app.paint(this.large, now.laid[now.odd].pixels);
    this.large.setAttribute("aria-label", app.t(now.wanted === "fake" ? "quiz.fake" : "quiz.real"));
    const told = now.wanted === "fake" ? "quiz.truth_fake" : "quiz.truth_real";
    this.verdict.textContent = `${app.t(right ? "quiz.right" : "quiz.wrong")} ${app.t(told, { n: now.odd + 1, step: app.formatNumber(step) })}`;
    this.judged.textContent = d === null ? "" : app.t(d ? "quiz.d_right" : "quiz.d_wrong", { n: now.ds + 1 });
    this.verdict.classList.toggle("good", right);
    this.visit.hidden = now.wanted !== "fake";
    this.next.querySelector("span").textContent = app.t(game.over ? "quiz.to_end" : "quiz.next");
    this.truths.hidden = false;
    this.standings();
    app.announce([this.verdict.textContent, this.judged.textContent].join(" "));
    this.next.focus({ preventScroll: true });
    if (!game.over) {
      this.coming = this.networks.of(game.step, game.round);
      this.coming.catch(() => {}); // who deals hears of it
    }
  }

  standings() {
    const { app, game } = this;
    const { right, d, judged, streak } = game.score;
    this.dots.replaceChildren(
      ...Array.from({ length: ROUNDS }, (_, k) => dot(app, game.answers[k], k === game.round, k)),
    );
    const parts = [
      this.heading,
      game.round ? app.t(judged ? "quiz.both" : "quiz.yours", { right, d }) : "",
      streak > 1 ? app.t("quiz.streak", { n: streak }) : "",
    ];
    this.standing.textContent = parts.filter(Boolean).join(" · ");
    this.line.textContent = app.space.discriminator ? "" : app.t("quiz.no_d");
  }

  finish() {
    const { app, game } = this;
    this.scores.add(game.score, ROUNDS);
    this.play.hidden = true;
    this.end.hidden = false;
    delete this.host.dataset.wanted;
    ending(app, this.end, { game, scores: this.scores, again: (seed) => this.begin(seed) });
  }
}

function dot(app, answer, now, k) {
  const made = document.createElement("li");
  made.className = answer ? (answer.right ? "good" : "bad") : now ? "now" : "";
  const state = answer ? app.t(answer.right ? "quiz.right" : "quiz.wrong") : "";
  made.setAttribute("aria-label", `${k + 1} ${state}`.trim());
  if (now) made.setAttribute("aria-current", "step");
  return made;
}
