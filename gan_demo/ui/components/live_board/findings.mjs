// What the curves say of the training's health, in a sentence with its evidence, and the way on.
import { fill, number } from "./words.mjs";

const SIGNS = { good: "↗", neutral: "◌", warning: "!" };

export function show(s, update) {
  const said = JSON.stringify([update.findings, s.data.language, s.data.mine]);
  if (said === s.said) return;
  s.said = said;
  s.findings.replaceChildren(...update.findings.map((one) => box(s, one)));
}

function box(s, one) {
  const texts = s.data.findings[one.key] ?? {};
  const section = document.createElement("section");
  section.className = `finding ${one.kind}`;
  section.dataset.key = one.key;
  const sign = Object.assign(document.createElement("i"), { textContent: SIGNS[one.kind] ?? "" });
  sign.setAttribute("aria-hidden", "true");
  const words = document.createElement("p");
  const numbers = Object.fromEntries(Object.entries(one.numbers ?? {}).map(([k, v]) => [k, said(s, v)]));
  const sentence = fill(texts[one.evidence] ?? texts.text ?? "", numbers);
  words.append(Object.assign(document.createElement("b"), { textContent: texts.title ?? one.key }), " ", sentence);
  section.append(sign, words);
  if (texts.remedy && Object.keys(one.remedy ?? {}).length) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: texts.remedy });
    button.addEventListener("click", () => s.ask("remedy", one.key));
    section.append(button);
  }
  return section;
}

function said(s, value) {
  if (typeof value !== "number") return value;
  return new Intl.NumberFormat(s.data.language, Math.abs(value) >= 10 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }).format(value);
}
