// Finer rows of a stretch of a run, from the server: {from, to, columns} for `data.detail`, or null if there are none.
import { rows } from "./run_feed.mjs";

const asked = new Map(); // the last answers, by run and stretch: every chart of a zoomed board asks for the same

export async function detail(run, from, to) {
  const [low, high] = [Math.floor(from), Math.ceil(to)];
  const stretch = `${run} ${low} ${high}`;
  if (!asked.has(stretch)) {
    if (asked.size > 20) asked.delete(asked.keys().next().value);
    asked.set(stretch, rows(run, low, high));
  }
  const columns = await asked.get(stretch);
  if (!columns) asked.delete(stretch); // it may come next time
  return columns?.step?.length ? { from: low, to: high, columns } : null;
}
