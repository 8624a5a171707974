// A state in the address, exactly: #z=…&y=…&psi=…&tool=…&<tool>.<name>=…; numbers are float32, little end first, as base64url.
import { fitsSpace, LATENT_LIMIT, latentState } from "./latent.mjs";

export function encodeNumbers(numbers) {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, k) => view.setFloat32(4 * k, value, true));
  const letters = String.fromCharCode(...new Uint8Array(view.buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// null for what is no list of finite numbers.
export function decodeNumbers(text) {
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (letters.length % 4) return null;
    const view = new DataView(Uint8Array.from(letters, (one) => one.charCodeAt(0)).buffer);
    const numbers = Float32Array.from({ length: letters.length / 4 }, (_, k) => view.getFloat32(4 * k, true));
    return numbers.every((one) => Math.abs(one) <= LATENT_LIMIT) ? numbers : null;
  } catch {
    return null;
  }
}

// {state, tool, params: Map} of a hash; state is null where it holds none that this space takes.
export function readHash(hash, space) {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const [z, y] = [decodeNumbers(told.get("z") ?? ""), decodeNumbers(told.get("y") ?? "")];
  const psi = Number(told.get("psi") ?? 1);
  const found = z && y && psi >= 0 && psi <= 2 ? latentState(z, y, psi) : null;
  const params = new Map([...told].filter(([name]) => name.includes(".")));
  return { state: found && fitsSpace(found, space) ? found : null, tool: told.get("tool") ?? "", params };
}

export function writeHash(one, tool, params) {
  const parts = [
    `z=${encodeNumbers(one.z)}`,
    one.y.length ? `y=${encodeNumbers(one.y)}` : "",
    `psi=${one.psi}`,
    `tool=${tool}`,
  ];
  for (const [name, value] of params)
    if (value !== "") parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `#${parts.filter(Boolean).join("&")}`;
}

// The address of this page with that hash and, where the page does not say it yet, what it shows (`query`).
export function pageLink(hash, query = {}) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.hash = hash;
  return url.href;
}

// Keeps the address up to date, at most twice a second: browsers refuse more.
export class UrlState {
  constructor(hash) {
    Object.assign(this, { hash, timer: 0, written: 0 });
  }

  changed() {
    this.timer ||= setTimeout(() => this.now(), Math.max(0, this.written + 500 - performance.now()));
  }

  now() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.written = performance.now();
    const hash = this.hash();
    if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  close() {
    clearTimeout(this.timer);
  }
}
