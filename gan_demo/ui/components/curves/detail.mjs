// Finer rows of a stretch of a run, from the server: {from, to, columns} for `data.detail`, or null if there are none.

const asked = new Map(); // the last answers, by address: every chart of a zoomed board asks for the same

export async function detail(run, from, to) {
  const url = new URL(`api/runs/${encodeURIComponent(run)}/rows`, document.baseURI);
  const [low, high] = [Math.floor(from), Math.ceil(to)];
  url.searchParams.set("from", low);
  url.searchParams.set("to", high);
  if (!asked.has(url.href)) {
    if (asked.size > 20) asked.delete(asked.keys().next().value);
    asked.set(url.href, fetch(url.href, { cache: "no-store" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
  }
  const answer = await asked.get(url.href);
  if (!answer) asked.delete(url.href); // it may come next time
  const columns = answer?.rows;
  return columns?.step?.length ? { from: low, to: high, columns } : null;
}
