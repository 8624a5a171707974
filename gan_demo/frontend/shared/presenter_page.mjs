// @ts-check
// The page in the presenter view: larger type, and everything hidden but what shows itself. The address says so
// (?view=presenter), so that it can be opened in a window of its own and survives a reload.

import { element } from "./dom.mjs";
import { setQuery } from "./page_query.mjs";

// Outside of a component's shadow: rem is the page's. A component's style sheet shows what presents.
const PAGE_CSS = `html[data-presenter] { font-size: clamp(16px, 1.62vw, 34px); }
html[data-presenter] body { visibility: hidden; overflow: hidden; }`;
const STYLE_ID = "gan-demo-presenter";
/** The event of the window when the presenter view begins or ends. */
export const PRESENTING = "gan-demo:presenting";

/** Whether the address asks for the presenter view. */
export function isPresenterAddress() {
  return new URLSearchParams(location.search).get("view") === "presenter";
}

/** Whether something on the page presents. */
export function isPresenting() {
  return document.documentElement.dataset.presenter !== undefined;
}

/**
 * Leave room above what presents.
 * @param {number} height in CSS pixels; 0 for none
 */
export function reservePresenterTop(height) {
  document.documentElement.style.setProperty("--presenter-top", `${height}px`);
}

/** Hide the page around what presents. */
export function beginPresenting() {
  if (!document.getElementById(STYLE_ID)) {
    document.head.append(element("style", { id: STYLE_ID, textContent: PAGE_CSS }));
  }
  document.documentElement.dataset.presenter = "";
  setQuery("view", "presenter");
  window.dispatchEvent(new Event(PRESENTING));
}

export function endPresenting() {
  delete document.documentElement.dataset.presenter;
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {}); // it was left already
  setQuery("view", null);
  window.dispatchEvent(new Event(PRESENTING));
}

export function toggleFullscreen() {
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  change.catch(() => {}); // refused, as in some frames: the view fills the window all the same
}
