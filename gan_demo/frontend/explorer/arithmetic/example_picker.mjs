// The three picks: samples to choose from for each, of which several are averaged (Radford et al. 2016, section 6.3.2).

import { button } from "../../shared/dom.mjs";
import { fitsSpace, latentState } from "../latent.mjs";
import { decodeNumbers, encodeNumbers } from "../url_state.mjs";

const OFFERED = 12;
const NAMES = ["a", "b", "c"];

export class Slots {
  // title(k): what a slot is; changed(): others are chosen; all(seeds, count) -> Promise<[[state]]>: samples to choose from for
  // all slots, one(k, seed, count) -> Promise<[state]> for one.
  constructor(app, host, { title, changed, all, one }) {
    Object.assign(this, { app, host, title, changed, all, one, open: 0, turn: 0 });
    this.slots = NAMES.map(() => ({ offered: [], own: [], chosen: new Set(), seed: 0 }));
    host.innerHTML = `<div class="pick-head"><h4></h4></div><div class="pick-tiles"></div><small></small>`;
    [this.head, this.place, this.hint] = host.children;
    const others = button("dice", app.t("arithmetic.others"));
    others.addEventListener("click", () => this.others());
    const own = button("plus", app.t("arithmetic.add_current"));
    own.addEventListener("click", () => this.add());
    this.head.append(others, own);
    this.hint.textContent = app.t("arithmetic.pick_hint");
  }

  // The chosen ones of each slot.
  get picked() {
    return this.slots.map((slot) => {
      const all = [...slot.own, ...slot.offered];
      return [...slot.chosen].map((k) => all[k]).filter(Boolean);
    });
  }

  // New samples for all three; `each` of them are chosen, or what the address says.
  async fill(seeds, each, kept = "", own = "") {
    const turn = ++this.turn;
    const offered = await this.all(seeds, OFFERED);
    if (turn !== this.turn) return false;
    const masks = kept.split(".").map((one) => Number.parseInt(one, 36));
    const owned = own.split(",");
    this.slots = NAMES.map((_, k) => {
      const mine = read(owned[k] ?? "", this.app.space);
      const listed = bits(masks[k]).filter((bit) => bit < mine.length + offered[k].length);
      const chosen = new Set(listed.length ? listed : Array.from({ length: each }, (_, n) => n));
      return { offered: offered[k], own: mine, chosen, seed: seeds[k] };
    });
    this.show(this.open);
    return true;
  }

  // For the address: which are chosen, and own ones as they are.
  written() {
    const mask = ({ chosen }) => [...chosen].reduce((total, k) => total + 2 ** k, 0).toString(36);
    const own = this.slots
      .map((slot) => slot.own.map((one) => `${encodeNumbers(one.z)}.${encodeNumbers(one.y)}`).join("~"))
      .join(",");
    return {
      masks: this.slots.map(mask).join("."),
      own: own === ",," ? "" : own,
      seeds: this.slots.map((one) => one.seed).join("."),
    };
  }

  show(k) {
    this.open = k;
    const slot = this.slots[k];
    const all = [...slot.own, ...slot.offered];
    this.head.firstElementChild.textContent = this.title(k);
    this.tiles?.destroy();
    this.tiles = this.app.tiles(this.place, {
      count: all.length,
      columns: 6,
      label: this.title(k),
      name: (n) => this.app.t("arithmetic.sample", { n: n + 1 }),
      pick: (n) => this.toggle(n),
    });
    this.tiles.draw(all);
    this.mark();
  }

  mark() {
    const { chosen } = this.slots[this.open];
    this.tiles.items.forEach((one, n) => one.setAttribute("aria-pressed", String(chosen.has(n))));
  }

  // One at least stays chosen.
  toggle(n) {
    const { chosen } = this.slots[this.open];
    if (!chosen.has(n)) chosen.add(n);
    else if (chosen.size > 1) chosen.delete(n);
    this.mark();
    this.changed();
  }

  each(count) {
    for (const slot of this.slots) slot.chosen = new Set(Array.from({ length: count }, (_, n) => n));
    this.mark();
    this.changed();
  }

  async others() {
    const slot = this.slots[this.open];
    const k = this.open;
    const turn = ++this.turn;
    const seed = (slot.seed + 1) % 1e6;
    const offered = await this.one(k, seed, OFFERED).catch((error) => this.app.drawingFailed(error));
    if (turn !== this.turn || !offered) return;
    Object.assign(slot, {
      offered,
      seed,
      own: [],
      chosen: new Set(Array.from({ length: Math.min(slot.chosen.size, OFFERED) }, (_, n) => n)),
    });
    this.show(k);
    this.changed();
  }

  // The current place, which alone is then chosen.
  add() {
    const slot = this.slots[this.open];
    const { z, y } = this.app.state;
    slot.own = [latentState(z, y), ...slot.own].slice(0, 2);
    slot.chosen = new Set([0]);
    this.show(this.open);
    this.changed();
  }
}

function bits(mask) {
  return Number.isFinite(mask) ? [...mask.toString(2)].reverse().flatMap((one, k) => (one === "1" ? [k] : [])) : [];
}

function read(text, space) {
  const states = text
    .split("~")
    .filter(Boolean)
    .map((part) => {
      const [z, y] = part.split(".").map(decodeNumbers);
      return z && y ? latentState(z, y) : null;
    });
  return states.filter((one) => one && fitsSpace(one, space));
}
