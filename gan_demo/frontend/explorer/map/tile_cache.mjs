// The cells of a map that are there, in sheets of many; those looked at longest ago make room. One bunch at a time is made.

const BUNCH = 8;
const SIDE = 16; // cells a row of a sheet
const SHEETS = 8; // of SIDE² cells: 2,048 in all

export class Pyramid {
  // make(cells) -> Promise<[{pixels: RGBA of width × height, …}]>; made() after each bunch; failed(error).
  constructor({ width, height, make, made, failed }) {
    Object.assign(this, { width, height, make, made, failed, wanted: [], busy: false, closed: false, used: 0 });
    this.cells = new Map(); // key -> {sheet, x, y, …}; in the order of their last use
    this.sheets = [];
  }

  get(key) {
    const found = this.cells.get(key);
    if (found) {
      this.cells.delete(key);
      this.cells.set(key, found);
    }
    return found;
  }

  // What is wanted now, the most urgent first; nothing else is begun any more.
  want(cells) {
    this.wanted = cells;
    this.go();
  }

  async go() {
    if (this.busy || this.closed || !this.wanted.length) return;
    this.busy = true;
    const bunch = this.wanted.splice(0, BUNCH);
    try {
      const found = await this.make(bunch);
      if (this.closed) return;
      bunch.forEach((cell, k) => this.put(cell.key, found[k]));
    } catch (error) {
      // who moves asks again; who is told of cells would ask at once, and for ever
      Object.assign(this, { wanted: [], busy: false });
      return this.failed(error);
    }
    this.busy = false;
    this.made();
    this.go();
  }

  put(key, { pixels, ...told }) {
    const known = this.cells.get(key);
    const { sheet, x, y } = known ?? this.room();
    this.cells.delete(key);
    sheet.getContext("2d").putImageData(new ImageData(pixels, this.width, this.height), x, y);
    this.cells.set(key, { ...known, sheet, x, y, ...told });
  }

  room() {
    if (this.used === SHEETS * SIDE * SIDE) {
      const [key, oldest] = this.cells.entries().next().value;
      this.cells.delete(key);
      return oldest;
    }
    const k = this.used++ % (SIDE * SIDE);
    if (k === 0)
      this.sheets.push(
        Object.assign(document.createElement("canvas"), { width: SIDE * this.width, height: SIDE * this.height }),
      );
    return { sheet: this.sheets.at(-1), x: (k % SIDE) * this.width, y: Math.floor(k / SIDE) * this.height };
  }

  close() {
    this.closed = true;
    this.wanted = [];
  }
}
