// @ts-check

const TYPING = "textarea, input:not([type=range], [type=checkbox]), [contenteditable=true]";

/**
 * Return what a key asks for: Ctrl or Command with Z undoes, with Y or Shift and Z redoes; "" where one types.
 * @param {KeyboardEvent} event
 * @returns {"undo" | "redo" | ""}
 */
export function undoKey(event) {
  const target = event.composedPath()[0];
  if (target instanceof Element && target.closest(TYPING)) return "";
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" ? "redo" : "";
}
