// The clipboard proper is there over https and on localhost only; a class often uses neither.

// Was it copied? `root`: an element whose document or shadow root may hold a text field for a moment.
export async function copied(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    /* refused, or not there */
  }
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  field.style.cssText = "position: fixed; opacity: 0"; // the page stays where it is
  const focused = root.getRootNode().activeElement;
  root.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return done;
}
