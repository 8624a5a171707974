// What a viewer knows of a run: its rows as columns, its pictures, its state.

const MOST = 2000; // rows after which a fresh summary, of some 800, is asked for: a tab open for hours stays small

export function empty() {
  return { columns: { step: [] }, grids: [], update: null };
}

// Take one change in; true if the rows have become so many that a summary would be better.
export function apply(store, update) {
  if (update.reset) {
    store.columns = { step: [] };
    store.grids = [];
  }
  append(store.columns, update.rows);
  store.grids.push(...update.grids);
  store.update = update;
  return store.columns.step.length > MOST;
}

function append(columns, rows) {
  const added = rows.step?.length ?? 0;
  if (!added) return;
  const count = columns.step.length;
  for (const name of Object.keys(rows)) columns[name] ??= new Array(count).fill(null);
  for (const [name, column] of Object.entries(columns)) {
    const values = rows[name];
    for (let k = 0; k < added; k++) column.push(values?.[k] ?? null);
  }
}

export function newest(columns, name) {
  const column = columns[name] ?? [];
  for (let k = column.length - 1; k >= 0; k--) if (column[k] !== null) return column[k];
  return null;
}
