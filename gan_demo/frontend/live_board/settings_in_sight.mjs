// @ts-check
// Live settings lie at the foot of the window. Where they would cover the samples, the page scrolls them above.

const MARGIN = 8; // px between the samples and what is above and below them

/**
 * Return by how many pixels to scroll so that the samples end above the settings; their top stays in sight.
 * @param {{ top: number, bottom: number }} samples
 * @param {number} settingsTop
 * @param {number} headerBottom
 */
export function coveredPixels(samples, settingsTop, headerBottom) {
  const covered = samples.bottom + MARGIN - settingsTop;
  return Math.max(0, Math.min(covered, samples.top - MARGIN - headerBottom));
}

export class SettingsInSight {
  /** @type {Element | null} the settings, while they are open */
  #settings = null;
  #opening = new MutationObserver(() => this.#find());
  #sizes = new ResizeObserver(() => this.#scroll());

  /** @param {() => Element | null} samples returns the element of the samples */
  constructor(samples) {
    this.samples = samples;
    this.#opening.observe(document.body, { childList: true, subtree: true }); // which leaves the boards themselves out
    this.#find();
  }

  close() {
    this.#opening.disconnect();
    this.#sizes.disconnect();
  }

  #find() {
    const settings = document.querySelector(".st-key-live-settings")?.closest('[data-testid="stPopoverBody"]') ?? null;
    if (settings === this.#settings) return;
    this.#sizes.disconnect();
    this.#settings = settings;
    if (settings) this.#sizes.observe(settings); // it grows as its widgets come
  }

  #scroll() {
    const [page, samples] = [document.querySelector('[data-testid="stMain"]'), this.samples()];
    if (!page || !samples || !this.#settings) return;
    const header = document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect().bottom ?? 0;
    const settingsTop = this.#settings.getBoundingClientRect().top;
    page.scrollBy(0, coveredPixels(samples.getBoundingClientRect(), settingsTop, header));
  }
}
