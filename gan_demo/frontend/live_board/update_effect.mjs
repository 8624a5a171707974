// @ts-check
// What a single update of a paused training did, in numbers: an update of D alone leaves the picture as it is.

import { fill, precise } from "../shared/format.mjs";

/** @import { RunStatus, UpdateEffect } from "../shared/types.js" */
/** @import { LiveBoardTexts } from "./types.js" */

/**
 * Say what an update changed: "Only D has learned. D(x): 0.62 → 0.66, …"; "" without one, or once it trains on.
 * @param {UpdateEffect | null | undefined} effect
 * @param {RunStatus} status
 * @param {LiveBoardTexts} texts
 * @param {string} language
 */
export function effectText(effect, status, texts, language) {
  if (!effect || status !== "paused") return "";
  const { order, before, after, moved } = effect;
  /** @param {keyof UpdateEffect["before"]} name */
  const change = (name) => {
    const [from, to] = [precise(language, before[name]), precise(language, after[name])];
    return from === to ? from : `${from} → ${to}`;
  };
  return fill(texts[`effect_${order}`], {
    d_real: change("d_real"),
    d_fake: change("d_fake"),
    d_loss: change("d_loss"),
    g_loss: change("g_loss"),
    moved: precise(language, 100 * moved),
  });
}
