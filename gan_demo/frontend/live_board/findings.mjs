// What the curves say of the training's health, in a sentence with its evidence, and the way on.
import { fill } from "../shared/format.mjs";

const SIGNS = { good: "↗", neutral: "◌", warning: "!" };

export function show(s, update, may) {
  const kinds = update.findings.map((one) => [one.key, one.evidence, one.remedy]);
  const said = JSON.stringify([kinds, s.data.language, may]);
  if (said !== s.said) {
    s.said = said;
    s.findings.replaceChildren(...update.findings.map((one) => box(s, one, may)));
  }
  update.findings.forEach((one, i) => {
    // numbers move; the button, and who is on it, stay
    const place = s.findings.children[i].querySelector("span"),
      text = sentence(s, one);
    if (place.textContent !== text) place.textContent = text;
  });
}

function sentence(s, one) {
  const texts = s.data.findings[one.key] ?? {};
  const numbers = Object.fromEntries(Object.entries(one.numbers ?? {}).map(([k, v]) => [k, said(s, v)]));
  return fill(texts[one.evidence] ?? texts.text ?? "", numbers);
}

function box(s, one, may) {
  const texts = s.data.findings[one.key] ?? {};
  const section = document.createElement("section");
  section.className = `finding ${one.kind}`;
  section.dataset.key = one.key;
  const sign = Object.assign(document.createElement("i"), { textContent: SIGNS[one.kind] ?? "" });
  sign.setAttribute("aria-hidden", "true");
  const words = document.createElement("p");
  words.append(
    Object.assign(document.createElement("b"), { textContent: texts.title ?? one.key }),
    " ",
    document.createElement("span"),
  );
  section.append(sign, words);
  if (may && texts.remedy && Object.keys(one.remedy ?? {}).length) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: texts.remedy });
    button.addEventListener("click", () => {
      button.disabled = true; // once: a second would start another
      setTimeout(() => {
        button.disabled = false;
      }, 8000);
      s.ask("remedy", one.key);
    });
    section.append(button);
  }
  return section;
}

function said(s, value) {
  if (typeof value !== "number") return value;
  return new Intl.NumberFormat(
    s.data.language,
    Math.abs(value) >= 10 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  ).format(value);
}
