// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { UrlState } from "../../../gan_demo/frontend/explorer/url_state.mjs";

/** Return the globals of a page at /explore, whose timers never end. */
function fakePage() {
  const window = Object.assign(new EventTarget(), { setTimeout: () => 7 });
  const location = {
    pathname: "/explore",
    search: "?run=digits",
    hash: "",
    get href() {
      return this.pathname + this.search + this.hash;
    },
  };
  const history = {
    state: null,
    /** @type {(state: unknown, title: string, address: string) => void} */
    replaceState: (_state, _title, address) => {
      location.hash = new URL(address, "http://localhost").hash;
    },
  };
  Object.assign(globalThis, { window, location, history });
  return { window, location };
}

for (const event of ["pagehide", "click"]) {
  test(`what waits to be written is in the address before a page is left: ${event}`, () => {
    const { window, location } = fakePage();
    const address = new UrlState(() => "#z=moved");
    window.dispatchEvent(new Event(event));
    assert.equal(location.hash, "", "nothing waits yet");
    address.changed();
    window.dispatchEvent(new Event(event));
    assert.equal(location.hash, "#z=moved");
    address.close();
  });
}

test("the address of another page of the app stays as it is", () => {
  const { window, location } = fakePage();
  const address = new UrlState(() => "#z=moved");
  address.changed();
  location.pathname = "/train";
  window.dispatchEvent(new Event("click"));
  assert.equal(location.hash, "");
  address.close();
});

test("what waits is written as the view closes, and nothing afterwards", () => {
  const { window, location } = fakePage();
  const address = new UrlState(() => "#z=moved");
  address.changed();
  address.close();
  assert.equal(location.hash, "#z=moved");
  location.hash = "";
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(location.hash, "");
});

test("a view that closes writes nothing into the address of something else", () => {
  const { location } = fakePage();
  const address = new UrlState(() => "#z=moved");
  address.changed();
  location.search = "?run=faces";
  address.close();
  assert.equal(location.hash, "");
});

test("a view that closes leaves a hash that somebody else wrote meanwhile", () => {
  const { location } = fakePage();
  const address = new UrlState(() => "#z=moved");
  address.changed();
  location.hash = "#tool=map";
  address.close();
  assert.equal(location.hash, "#tool=map");
});
