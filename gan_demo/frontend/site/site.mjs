// A run as a page of its own, from files alone: the explorer, and the recorded training with its film and curves.
// site.json: {title, words, explorer, film, curves, columns, panels}, of which words, panels, and the texts of the others come
// in every language. The files lie under the addresses that the app's server answers at, so the components ask as always.
import * as curves from "../curves/curves.mjs";
import * as explorer from "../explorer/explorer.mjs";
import * as film from "../film/film.mjs";

const LANGUAGES = { en: "English", zh: "中文" };
const TABS = ["explore", "training"];
const STYLES = { "film-place": ["film/film.css"], "curves-place": ["vendor/uplot/uplot.css", "curves/curves.css"] };
const find = (what) => document.querySelector(what);

let told = null;
let language = remembered("language") ?? ((navigator.language || "").startsWith("zh") ? "zh" : "en");
let theme = remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
let tab = new URLSearchParams(location.search).get("show") === "training" ? "training" : "explore";
const roots = new Map();

function remembered(name) {
  try {
    return localStorage.getItem(`gan_demo.site.${name}`);
  } catch {
    return null; // not allowed here
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`gan_demo.site.${name}`, value);
  } catch {
    return; // nothing is kept, and nothing is lost
  }
}

// Each component in a shadow root of its own, as in the app: styles stay apart.
function root(name) {
  if (!roots.has(name)) {
    const shadow = find(`.${name}`).attachShadow({ mode: "open" });
    for (const file of STYLES[name] ?? []) {
      const link = document.createElement("link");
      Object.assign(link, { rel: "stylesheet", href: `api/ui/${file}` });
      shadow.append(link);
    }
    const inside = document.createElement("div");
    shadow.append(inside);
    roots.set(name, inside);
  }
  return roots.get(name);
}

function words() {
  const said = told.words[language];
  document.documentElement.lang = language;
  document.documentElement.dataset.theme = theme;
  document.title = `${told.title[language]} · gan_demo`;
  find("h1").textContent = told.title[language];
  find(".lead").textContent = said[tab === "explore" ? "lead" : "lead_training"];
  const other = language === "en" ? "zh" : "en";
  Object.assign(find(".language"), { textContent: LANGUAGES[other], lang: other });
  find(".theme").textContent = said[theme === "dark" ? "light" : "dark"];
  find("footer").replaceChildren(
    ...[said.about, told.licence].filter(Boolean).map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }),
  );
  find("nav").replaceChildren(
    ...TABS.filter((name) => name === "explore" || told.film.steps.length > 1).map((name) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", id: `tab-${name}`, textContent: said[name], onclick: () => open(name) });
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(name === tab));
      button.setAttribute("aria-controls", name);
      return button;
    }),
  );
}

function open(name) {
  tab = name;
  const query = name === "training" ? "?show=training" : "";
  history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
  show();
}

function show() {
  words();
  for (const name of TABS) find(`#${name}`).hidden = name !== tab;
  if (tab === "explore") drawExplorer();
  else drawTraining();
}

function drawExplorer() {
  const { texts, ...rest } = told.explorer;
  const data = { ...rest, models: rest.models.map((one) => ({ ...one, title: one.title[language] })) };
  explorer.draw({
    data: { ...data, texts: texts[language], language },
    parentElement: root("place"),
    setTriggerValue: () => {},
  });
}

function drawTraining() {
  const { texts, ...data } = told.film;
  const charts = root("curves-place"),
    pictures = root("film-place");
  const closest = (at) => data.steps.reduce((best, step) => (Math.abs(step - at) < Math.abs(best - at) ? step : best));
  curves.draw({
    parentElement: charts,
    data: {
      panels: told.panels[language],
      columns: told.columns,
      language,
      texts: told.curves[language],
      onSeek: (at) => film.goTo(pictures, closest(at)),
    },
  });
  film.draw({
    parentElement: pictures,
    data: {
      ...data,
      texts: texts[language],
      language,
      onGo: (step, newest) => curves.at(charts, newest ? null : step),
    },
  });
}

function listen() {
  find(".language").onclick = () => {
    language = language === "en" ? "zh" : "en";
    remember("language", language);
    show();
  };
  find(".theme").onclick = () => {
    theme = theme === "dark" ? "light" : "dark";
    remember("theme", theme);
    words();
  };
}

document.documentElement.dataset.theme = theme;
try {
  const answer = await fetch("site.json");
  if (!answer.ok) throw new Error(`site.json: ${answer.status}`);
  told = await answer.json();
  listen();
  show();
} catch (error) {
  find(".trouble").textContent = String(error?.message ?? error);
  find(".trouble").hidden = false;
}
