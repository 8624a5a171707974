// @ts-check
/**
 * A training of the lab as a run of the server's, where it resumes, forks and compares like any other.
 */
import { fill } from "../../shared/format.mjs";
import { saveAsRun } from "../../trainer/handover.mjs";

/** Says why a training makes no run: a key of the page's sentences. */
export class NoRunError extends Error {
  /** @param {"save.first" | "save.steps"} key */
  constructor(key) {
    super(key);
    this.name = "NoRunError";
    this.key = key;
  }
}

/**
 * Make a run of a training; return the address of its page. Throws NoRunError and HttpError.
 * @param {Pick<import("../session.mjs").Session, "iteration" | "settings" | "engine">} session
 * @param {{ runs: string, page: string }} urls
 */
export async function saveLabRun({ iteration, settings, engine }, urls) {
  if (settings.gSteps !== 1) throw new NoRunError("save.steps");
  if (!iteration) throw new NoRunError("save.first");
  const id = await saveAsRun(urls.runs, await engine.exportState());
  return fill(urls.page, { run: encodeURIComponent(id) });
}
