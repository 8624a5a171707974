// @ts-check
// What Streamlit's page leaves out: its language, words of its own controls in that language, the theme's colour scheme
// in dialogs, a menu that closes on a phone when a page is chosen, charts that answer to a tap, and regions that scroll
// by keyboard and show that they do.
import { setQuery } from "../shared/page_query.mjs";
import { keepFromChart } from "./chart_touches.mjs";
import { scrolledEdges } from "./scrolled_edges.mjs";
import { StreamlitWords } from "./streamlit_words.mjs";

/** @import { ComponentArguments } from "../shared/types.js" */
/** @import { PageData } from "./types.js" */

const PHONE = "(max-width: 640px)";
const NAVIGATION = '[data-testid="stTopNavLink"], [data-testid="stSidebarNavLink"]';
const WIDE = [
  ".stMain .katex-display",
  '[class*="st-key-wide-table"] [data-testid="stMarkdownContainer"]',
  '.stMain [data-testid="stCode"] pre',
].join();

class PageExtras {
  /** @type {PageData | null} */
  #data = null;
  /** @type {StreamlitWords | null} */
  #words = null;
  /** @type {Set<HTMLElement>} */
  #regions = new Set();
  #frame = 0;
  #changes = new MutationObserver(() => this.#plan());
  #sizes = new ResizeObserver(() => this.#plan());
  #onScroll = this.#scrolled.bind(this);
  #onClick = this.#clicked.bind(this);
  /** @type {ComponentArguments<PageData>["setTriggerValue"]} */
  #trigger = () => {};
  #path = new URL(performance.getEntriesByType("navigation")[0]?.name ?? location.href).pathname;

  constructor() {
    this.#changes.observe(document.body, { childList: true, subtree: true });
    this.#sizes.observe(document.body);
    document.addEventListener("scroll", this.#onScroll, { capture: true, passive: true });
    document.addEventListener("click", this.#onClick);
    document.addEventListener("touchstart", keepFromChart, { capture: true, passive: true });
  }

  /**
   * @param {PageData} data
   * @param {ComponentArguments<PageData>["setTriggerValue"]} trigger
   */
  update(data, trigger) {
    this.#data = data;
    this.#trigger = trigger;
    this.#words = new StreamlitWords(data);
    document.documentElement.lang = data.language;
    if (this.#path !== location.pathname) closeMenu(); // a page was chosen, perhaps before this module had come
    this.#path = location.pathname;
    this.#plan();
  }

  close() {
    this.#changes.disconnect();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("scroll", this.#onScroll, { capture: true });
    document.removeEventListener("click", this.#onClick);
    document.removeEventListener("touchstart", keepFromChart, { capture: true });
  }

  #plan() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#data) this.#apply(this.#data);
    });
  }

  /** @param {PageData} data */
  #apply(data) {
    keepLanguage(data.addressLanguage); // a page's address may change after its first drawing
    // dialogs and menus lie outside the app, where light-dark() would be light whatever the theme
    const app = document.querySelector(".stApp");
    if (app) document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
    this.#words?.apply(document);
    // an icon beside words says "gavel icon"
    for (const icon of document.querySelectorAll('.stMain [role="img"][aria-label$=" icon"]')) {
      icon.setAttribute("aria-hidden", "true");
    }
    const regions = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(WIDE));
    for (const region of this.#regions) if (!region.isConnected) this.#regions.delete(region);
    for (const region of regions) {
      if (!this.#regions.has(region)) {
        this.#regions.add(region);
        this.#sizes.observe(region);
      }
      drawRegion(region, data.scrolls);
    }
  }

  /**
   * Close the menu when a page is chosen from it, and tell the page if it is the one on show: Streamlit keeps its
   * parameters, so that "Train" would lead nowhere from a run.
   * @param {MouseEvent} event
   */
  #clicked(event) {
    const link = event.target instanceof Element && event.target.closest(NAVIGATION);
    if (!(link instanceof HTMLAnchorElement)) return;
    closeMenu();
    if (link.pathname === location.pathname) this.#trigger("again", link.pathname.split("/").at(-1));
  }

  /** @param {Event} event */
  #scrolled(event) {
    const region = /** @type {HTMLElement} */ (event.target);
    if (this.#regions.has(region)) region.dataset.scrolls = scrolledEdges(region);
  }
}

/**
 * Make a region that is wider than its place a stop of the Tab key; its data attribute says on which sides there is
 * more.
 * @param {HTMLElement} region
 * @param {string} name
 */
function drawRegion(region, name) {
  const edges = scrolledEdges(region);
  if (edges === (region.dataset.scrolls ?? "") && (!edges || region.getAttribute("aria-label") === name)) return;
  if (edges) {
    region.dataset.scrolls = edges;
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", name);
  } else {
    delete region.dataset.scrolls;
    for (const attribute of ["tabindex", "role", "aria-label"]) region.removeAttribute(attribute);
  }
}

/**
 * Let the address say its language, which Streamlit's links to other pages drop.
 * @param {string} language "" where the address says none
 */
function keepLanguage(language) {
  if (language && new URLSearchParams(location.search).get("lang") !== language) setQuery("lang", language);
}

/** Close Streamlit's menu if it covers a phone. */
function closeMenu() {
  if (!matchMedia(PHONE).matches) return;
  const close = document.querySelector(
    '[data-testid="stSidebar"][data-collapsed="false"] [data-testid="stSidebarCollapseButton"] button',
  );
  if (close instanceof HTMLElement) close.click();
}

/** @type {PageExtras | null} one for the page, however often the component is drawn */
let extras = null;

/** @param {ComponentArguments<PageData>} component */
export function draw({ data, setTriggerValue }) {
  extras ??= new PageExtras();
  extras.update(data, setTriggerValue);
}

export function clear() {
  extras?.close();
  extras = null;
}
