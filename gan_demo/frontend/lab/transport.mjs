// @ts-check
/**
 * The bar that runs the training: play, single steps, back, the scrubber, speed.
 * @import { LabData } from "./types.js"
 */
import { button, element, setDisabled } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { svg } from "../shared/icons.mjs";
import { SPEEDS } from "./settings.mjs";

/** @typedef {import("./session.mjs").Session} Session */

export class Transport {
  root = element("div", { className: "transport" });
  #session;
  #data;
  #play;
  #buttons;
  #scrubber = element("input", { type: "range", className: "scrub", min: "0", max: "0", step: "1" });
  #speed = element("select");
  #iteration = element("output", { className: "iteration" });
  #rate = element("span", { className: "rate" });
  #isScrubbing = false;

  /**
   * @param {LabData} data
   * @param {Session} session
   */
  constructor(data, session) {
    const { texts } = data;
    this.#data = data;
    this.#session = session;
    this.#play = button("play", "", texts.play, "primary play");
    this.#buttons = {
      back: button("left", "", texts["step.back"], "back"),
      both: button("", texts["step.both.short"], texts["step.both"]),
      d: button("", "D", texts["step.d"], "only-d"),
      g: button("", "G", texts["step.g"], "only-g"),
      restart: button("undo", "", texts.restart),
    };
    this.#fill(texts);
    this.#listen();
  }

  /** Show where the training is, and whether it runs. */
  show() {
    const { texts, language } = this.#data;
    const { isPlaying, iteration, state, frame } = this.#session;
    const [first, last] = this.#session.span();
    const name = texts[isPlaying ? "pause" : "play"];
    if (this.#play.title !== name) {
      this.#play.innerHTML = svg(isPlaying ? "pause" : "play");
      this.#play.title = name;
      this.#play.setAttribute("aria-label", name);
    }
    Object.assign(this.#scrubber, { min: String(first), max: String(Math.max(first, last)) });
    if (!this.#isScrubbing) this.#scrubber.value = String(iteration);
    this.#scrubber.disabled = last <= first;
    this.#scrubber.style.setProperty("--share", String(last > first ? (iteration - first) / (last - first) : 0));
    setDisabled(this.#buttons.back, iteration <= first, this.#buttons.both);
    this.#iteration.textContent = fill(texts.iteration, { n: number(language, iteration) });
    const rate = isPlaying ? (frame?.rate ?? 0) : 0;
    this.#rate.textContent = rate ? fill(texts.rate, { n: number(language, rate, rate < 10 ? 1 : 0) }) : "";
    this.#speed.value = String(state.speed);
  }

  /** @param {Record<string, string>} texts */
  #fill(texts) {
    const { back, both, d, g, restart } = this.#buttons;
    const steps = element("div", { className: "pair" }, back, both, d, g);
    steps.setAttribute("role", "group");
    steps.setAttribute("aria-label", texts["step.name"]);
    this.#scrubber.setAttribute("aria-label", texts.scrub);
    this.#speed.setAttribute("aria-label", texts.speed);
    this.#speed.title = texts.speed;
    this.#speed.append(
      ...SPEEDS.map((speed) => {
        const textContent = speed === Infinity ? texts["speed.max"] : fill(texts.rate, { n: speed });
        return element("option", { value: String(speed), textContent });
      }),
    );
    this.root.append(
      element("div", { className: "row" }, this.#play, steps, restart, this.#speed),
      element("div", { className: "row where" }, this.#iteration, this.#scrubber, this.#rate),
    );
  }

  #listen() {
    const session = this.#session;
    const { back, both, d, g, restart } = this.#buttons;
    this.#play.addEventListener("click", () => this.toggle());
    back.addEventListener("click", () => session.back());
    both.addEventListener("click", () => session.step("both"));
    d.addEventListener("click", () => session.step("d"));
    g.addEventListener("click", () => session.step("g"));
    restart.addEventListener("click", () => session.restart());
    this.#speed.addEventListener("change", () => session.setSpeed(Number(this.#speed.value)));
    this.#scrubber.addEventListener("input", () => {
      this.#isScrubbing = true;
      session.seek(Number(this.#scrubber.value)).finally(() => {
        this.#isScrubbing = false;
      });
    });
  }

  toggle() {
    if (this.#session.isPlaying) this.#session.pause();
    else this.#session.play();
  }
}
