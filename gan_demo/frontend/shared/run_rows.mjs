// @ts-check
/**
 * Rows of a run from the server, downsampled, outside the stream of its updates.
 * @import { Columns, Detail } from "./types.js"
 */
import { fetchOk } from "./http.mjs";

const MAX_STRETCHES = 20; // kept in memory

/** @type {Map<string, Promise<Columns | null>>} the last answers: every chart of a zoomed board wants the same */
const stretches = new Map();

/**
 * Fetch the rows of a run, of all steps or of a stretch. Null if they cannot be had now.
 * @param {string} run
 * @param {number} [from]
 * @param {number} [to]
 * @returns {Promise<Columns | null>}
 */
export async function fetchRows(run, from, to) {
  const url = new URL(`api/runs/${encodeURIComponent(run)}/rows`, document.baseURI);
  if (from !== undefined) url.searchParams.set("from", String(from));
  if (to !== undefined) url.searchParams.set("to", String(to));
  try {
    const response = await fetchOk(url, { cache: "no-store" });
    return (await response.json()).rows;
  } catch {
    return null; // no connection, or no such run: the feed tells the viewer
  }
}

/**
 * Fetch finer rows of a stretch of a run, for `data.detail` of the curves; null if there are none.
 * @param {string} run
 * @param {number} from
 * @param {number} to
 * @returns {Promise<Detail | null>}
 */
export async function fetchDetail(run, from, to) {
  const [low, high] = [Math.floor(from), Math.ceil(to)];
  const key = `${run} ${low} ${high}`;
  let answer = stretches.get(key);
  if (!answer) {
    if (stretches.size > MAX_STRETCHES) stretches.delete([...stretches.keys()][0]);
    answer = fetchRows(run, low, high);
    stretches.set(key, answer);
  }
  const columns = await answer;
  if (!columns) stretches.delete(key); // the next request may succeed
  return columns?.step?.length ? { from: low, to: high, columns } : null;
}
