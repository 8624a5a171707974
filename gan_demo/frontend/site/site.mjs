// @ts-check
/**
 * A run as a page of its own, from files alone: the explorer, and the recorded training with its film and curves. The
 * files lie under the addresses that the app's server answers at, so the components request them as always.
 * @import { Mark } from "../curves/types.js"
 * @import { SiteJson, SiteLanguage, TabName, Theme } from "./types.js"
 */
import { ChangeList } from "../curves/change_list.mjs";
import * as curves from "../curves/curves.mjs";
import * as explorer from "../explorer/explorer.mjs";
import * as film from "../film/film.mjs";
import { element, find } from "../shared/dom.mjs";
import { fill, number } from "../shared/format.mjs";
import { fetchOk } from "../shared/http.mjs";
import { TrainingChoice } from "./training_choice.mjs";

/** @type {Record<SiteLanguage, string>} */
const LANGUAGES = { en: "English", zh: "中文" };
/** @type {TabName[]} */
const TABS = ["explore", "training", "lab", "train"];
/** @type {Record<string, string[]>} the style sheets of a place, beside those that a component links itself */
const STYLES = {
  "film-place": ["shared/range.css", "film/film.css"],
  "curves-place": ["shared/range.css", "vendor/uplot/uplot.css", "curves/curves.css"],
  "train-place": [
    ...["shared/range.css", "vendor/uplot/uplot.css", "curves/curves.css"],
    ...["browser_training/browser_training.css", "site/training_choice.css"],
  ],
  "lab-host": [
    ...["shared/range.css", "vendor/uplot/uplot.css", "curves/curves.css", "shared/controls.css"],
    ...["lab/lab.css", "shared/presenter.css"],
  ],
};

class Site {
  /** @type {SiteLanguage} */
  #language = storedLanguage() ?? Object.keys(LANGUAGES).find((name) => navigator.language?.startsWith(name)) ?? "en";
  #theme = initialTheme();
  /** @type {TabName} */
  #tab = TABS.find((name) => name === new URLSearchParams(location.search).get("show")) ?? "explore";
  /** @type {Map<string, HTMLElement>} */
  #roots = new Map();
  /** @type {ChangeList | null} */
  #changes = null;
  /** @type {TrainingChoice | null} */
  #choice = null;

  /** @param {SiteJson} json */
  constructor(json) {
    this.json = json;
    find(document, ".language").onclick = () => {
      this.#language = this.#nextLanguage;
      store("language", this.#language);
      this.draw();
    };
    find(document, ".theme").onclick = () => {
      this.#theme = this.#theme === "dark" ? "light" : "dark";
      store("theme", this.#theme);
      this.#drawFrame();
    };
  }

  draw() {
    this.#drawFrame();
    for (const name of TABS) find(document, `#${name}`).hidden = name !== this.#tab;
    if (this.#tab === "explore") this.#drawExplorer();
    else if (this.#tab === "training") this.#drawTraining();
    else if (this.#tab === "lab") this.#drawLab();
    else this.#drawTrainings();
  }

  get #nextLanguage() {
    const names = Object.keys(LANGUAGES);
    return names[(names.indexOf(this.#language) + 1) % names.length];
  }

  /** @param {TabName} tab */
  #open(tab) {
    this.#tab = tab;
    const query = tab === "explore" ? "" : `?show=${tab}`;
    history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
    this.draw();
  }

  /** Draw what stands around the components. */
  #drawFrame() {
    const { json } = this;
    const texts = json.words[this.#language];
    const title = json.title[this.#language];
    document.documentElement.lang = this.#language;
    document.documentElement.dataset.theme = this.#theme;
    document.title = `${title} · gan_demo`;
    find(document, "h1").textContent = title;
    find(document, ".lead").textContent = texts[this.#tab === "explore" ? "lead" : `lead_${this.#tab}`];
    find(document, ".language").textContent = LANGUAGES[this.#nextLanguage];
    find(document, ".language").lang = this.#nextLanguage;
    find(document, ".theme").textContent = texts[this.#theme === "dark" ? "light" : "dark"];
    const paragraphs = [texts.about, json.licence].filter(Boolean);
    find(document, "footer").replaceChildren(...paragraphs.map((textContent) => element("p", { textContent })));
    const isThere = {
      explore: true,
      training: json.film.steps.length > 1,
      lab: json.lab !== undefined,
      train: json.trainings !== undefined,
    };
    const tabs = TABS.filter((name) => isThere[name]);
    find(document, ".tabs").replaceChildren(...tabs.map((name) => this.#tabButton(name, texts[name])));
  }

  /**
   * @param {TabName} name
   * @param {string} textContent
   */
  #tabButton(name, textContent) {
    const button = element("button", { type: "button", id: `tab-${name}`, textContent });
    button.setAttribute("role", "tab");
    button.setAttribute("aria-selected", String(name === this.#tab));
    button.setAttribute("aria-controls", name);
    button.addEventListener("click", () => this.#open(name));
    return button;
  }

  #drawExplorer() {
    const language = this.#language;
    const { texts, models, ...data } = this.json.explorer;
    const titled = models.map((model) => ({ ...model, title: model.title[language] }));
    explorer.draw({
      data: { ...data, models: titled, texts: texts[language], language },
      parentElement: this.#root("place"),
      setTriggerValue: () => {}, // there is no page's script
    });
  }

  /** Draw the lab, whose modules are fetched now: most visitors look at the explorer alone. */
  async #drawLab() {
    const { json } = this;
    const language = this.#language;
    if (!json.lab) return;
    const { texts, ...data } = json.lab;
    const parentElement = this.#root("lab-host");
    const lab = await import("../lab/lab.mjs");
    lab.draw({
      data: { ...data, texts: texts[language], curves: json.curves[language], language },
      parentElement,
      setTriggerValue: () => {}, // there is no page's script
    });
  }

  #drawTrainings() {
    const { trainings, trainingWords } = this.json;
    if (!trainings || !trainingWords) return;
    this.#choice ??= new TrainingChoice(this.#root("train-place"), trainings, trainingWords);
    this.#choice.draw(this.#language);
  }

  #drawTraining() {
    const { json } = this;
    const language = this.#language;
    const { texts, ...data } = json.film;
    const charts = this.#root("curves-place");
    const pictures = this.#root("film-place");
    const marks = json.marks?.[language] ?? [];
    this.#drawChanges(marks, charts, pictures);
    curves.draw({
      parentElement: charts,
      data: {
        marks,
        onMarks: (numbers) => this.#point(numbers, charts),
        panels: json.panels[language],
        columns: json.columns,
        language,
        texts: json.curves[language],
        onSeek: (step) => film.goTo(pictures, closest(data.steps, step)),
      },
    });
    film.draw({
      parentElement: pictures,
      data: {
        ...data,
        texts: texts[language],
        language,
        onGo: (step, isNewest) => curves.at(charts, isNewest ? null : step),
      },
    });
  }

  /**
   * Draw the list of the changes that the charts mark, below them.
   * @param {Mark[]} marks
   * @param {HTMLElement} charts
   * @param {HTMLElement} pictures
   */
  #drawChanges(marks, charts, pictures) {
    const { json } = this;
    const language = this.#language;
    this.#changes ??= new ChangeList(
      this.#sectionBelow(charts),
      (step) => film.goTo(pictures, closest(json.film.steps, step)),
      (numbers) => this.#point(numbers, charts),
    );
    this.#changes.draw(marks, {
      title: json.changes?.[language] ?? "",
      step: (step) => fill(json.film.texts[language].step, { step: number(language, step) }),
      goTo: json.goTo?.[language] ?? "",
    });
  }

  /** @param {HTMLElement} charts */
  #sectionBelow(charts) {
    const section = element("section");
    charts.after(section);
    return section;
  }

  /**
   * Light up changes in the list and on the charts.
   * @param {number[]} numbers
   * @param {HTMLElement} charts
   */
  #point(numbers, charts) {
    this.#changes?.highlight(numbers);
    curves.highlight(charts, numbers);
  }

  /**
   * Return the element for a component: each has a shadow root of its own, as in the app, so that styles stay apart.
   * @param {string} name class of its host element
   */
  #root(name) {
    let root = this.#roots.get(name);
    if (!root) {
      root = element("div");
      const links = (STYLES[name] ?? []).map((file) => element("link", { rel: "stylesheet", href: `api/ui/${file}` }));
      find(document, `.${name}`)
        .attachShadow({ mode: "open" })
        .append(...links, root);
      this.#roots.set(name, root);
    }
    return root;
  }
}

/**
 * @param {number[]} steps
 * @param {number} step
 */
function closest(steps, step) {
  return steps.reduce((best, candidate) => (Math.abs(candidate - step) < Math.abs(best - step) ? candidate : best));
}

/** @returns {SiteLanguage | null} */
function storedLanguage() {
  const language = stored("language");
  return language && language in LANGUAGES ? language : null;
}

/** @returns {Theme} */
function initialTheme() {
  const theme = stored("theme");
  if (theme === "light" || theme === "dark") return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** @param {string} name */
function stored(name) {
  try {
    return localStorage.getItem(`gan_demo.site.${name}`);
  } catch {
    return null; // the browser stores nothing for this page
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function store(name, value) {
  try {
    localStorage.setItem(`gan_demo.site.${name}`, value);
  } catch {
    // the browser stores nothing for this page: the choice holds for this visit
  }
}

document.documentElement.dataset.theme = initialTheme(); // before anything is drawn
try {
  const response = await fetchOk("site.json");
  new Site(await response.json()).draw();
} catch (error) {
  const trouble = find(document, ".trouble");
  trouble.textContent = error instanceof Error ? error.message : String(error);
  trouble.hidden = false;
}
