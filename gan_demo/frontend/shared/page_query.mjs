// @ts-check
// Parameters in the address of the page.

/**
 * Set a parameter without a new entry in the history.
 * @param {string} name
 * @param {string | null} value null takes it out
 */
export function setQuery(name, value) {
  const url = new URL(location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(history.state, "", url);
}
