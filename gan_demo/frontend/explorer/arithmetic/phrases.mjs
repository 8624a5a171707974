// Attributes and kinds in words: "dark glasses, short hair", "thick 4".
import { find } from "./formula.mjs";

export function phrase(app, all, name, value) {
  const { values } = find(all, name);
  const texts = app.data.texts;
  const exact = texts[`phrase.${name}.${values[value]}`];
  const general = texts[`phrase.${name}`] ?? app.t("phrase.other", { field: app.fieldName(name), value: "{value}" });
  return exact ?? general.replace("{value}", app.valueName(name, values[value]));
}

export function inWords(app, all, kind) {
  const names = Object.keys(kind);
  const [first, second] = names.map((name) => phrase(app, all, name, kind[name]));
  if (second === undefined) return first ?? "";
  return app.t(find(all, names[0]).trait ? "arithmetic.trait_of" : "arithmetic.and", { first, second });
}

// What a formula is called: by what comes out.
export function title(app, all, { p, q }) {
  if (find(all, p.name).trait) return inWords(app, all, { [p.name]: p.on, [q.name]: q.on });
  return app.t("arithmetic.preset", { what: phrase(app, all, p.name, p.on), to: phrase(app, all, q.name, q.on) });
}
