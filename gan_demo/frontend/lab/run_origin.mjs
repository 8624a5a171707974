// @ts-check
/**
 * The run on the server that the lab goes on from, and the line that says so, and what the lab does otherwise.
 * @import { LabData, ServerRun } from "./types.js"
 * @import { RunTraining } from "./files/run_training.mjs"
 * @import { Session } from "./session.mjs"
 */
import { element } from "../shared/dom.mjs";
import { fill, number, significant } from "../shared/format.mjs";
import { setQuery } from "../shared/page_query.mjs";
import { fetchTraining } from "../trainer/handover.mjs";
import { readRunTraining } from "./files/run_training.mjs";

/** @typedef {{ run: ServerRun, training: RunTraining }} Origin */

export class RunOrigin {
  root = element("p", { className: "run-origin", hidden: true });
  /** @type {Origin | null} */
  current = null;
  #data;

  /** @param {LabData} data */
  constructor(data) {
    this.#data = data;
    this.root.setAttribute("role", "status");
  }

  /**
   * Go on where a run on the server is. Throws HttpError and StateFileError before the session is changed.
   * @param {ServerRun} run
   * @param {Session} session
   */
  async goOn(run, session) {
    const file = await fetchTraining(run.training);
    const training = readRunTraining(file);
    const { settings, points, rows } = training;
    session.state = { ...session.state, settings, points, lesson: "", at: 0 };
    await session.goOn(file, rows);
    if (session.isRestored) this.show({ run, training }); // else the session has said why not
  }

  /** @param {Origin} origin */
  show(origin) {
    this.current = origin;
    const { texts, language } = this.#data;
    const { step, adapted, settings } = origin.training;
    const rates = { gLr: significant(language, settings.gLr), dLr: significant(language, settings.dLr) };
    const sentences = [
      fill(texts["run.from"], { title: origin.run.title, step: number(language, step) }),
      ...adapted.map(({ setting, n }) => fill(texts[`run.${setting}`], { n, ...rates })),
    ];
    this.root.replaceChildren(
      ...sentences.map((textContent) => element("span", { textContent })),
      element("a", { href: origin.run.page, target: "_top", textContent: texts["run.back"] }),
    );
    this.root.hidden = false;
  }

  /** The training has nothing to do with the run any more: take it out of the address, too. */
  leave() {
    if (!this.current) return;
    this.current = null;
    this.root.hidden = true;
    setQuery("run", null);
  }
}
