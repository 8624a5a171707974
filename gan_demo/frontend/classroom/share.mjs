// What a class needs to come in: the QR code, the address to type, the link to send around.
// data: {svg: the QR code, link, address, code, presenter: address of the presenter view, note, texts}
import { copyText } from "../shared/clipboard.mjs";

const states = new WeakMap();

export function draw({ data, parentElement }) {
  const s = states.get(parentElement) ?? build(parentElement);
  s.data = data;
  if (s.drawn !== data.link) {
    s.drawn = data.link;
    s.code.innerHTML = data.svg; // made by our own server
    s.code.setAttribute("aria-label", data.texts.qr);
  }
  s.lead.textContent = data.texts.type;
  s.address.replaceChildren(data.address, Object.assign(document.createElement("b"), { textContent: data.code }));
  s.copy.textContent = data.texts.copy;
  s.presenter.textContent = data.texts.present;
  s.presenter.href = data.presenter;
  s.note.textContent = data.note;
  s.note.hidden = !data.note;
}

export function clear(parentElement) {
  clearTimeout(states.get(parentElement)?.timer);
  states.delete(parentElement);
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "class-share";
  root.innerHTML = `<div class="code" role="img"></div><div class="words"><p class="lead"></p><p class="address"></p>
    <p class="tools"><button class="copy" type="button"></button><a class="presenter" target="_blank" rel="noopener"></a></p>
    <p class="note" hidden></p></div>`;
  parent.querySelector(".class-share")?.remove();
  parent.append(root);
  const find = (name) => root.querySelector(name);
  const s = {
    root,
    code: find(".code"),
    lead: find(".lead"),
    address: find(".address"),
    copy: find(".copy"),
    presenter: find(".presenter"),
    note: find(".note"),
    drawn: "",
    timer: 0,
  };
  s.copy.addEventListener("click", () => copy(s));
  states.set(parent, s);
  return s;
}

async function copy(s) {
  const { texts, link } = s.data;
  const done = await copyText(link, s.root);
  s.copy.textContent = done ? texts.copied : texts.not_copied;
  clearTimeout(s.timer);
  s.timer = setTimeout(() => {
    s.copy.textContent = s.data.texts.copy;
  }, 2500);
}
