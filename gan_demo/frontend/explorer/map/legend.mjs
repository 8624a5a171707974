// @ts-check
// What the colours of the map mean: on the page, and below a map that is saved.

import { element } from "../../shared/dom.mjs";
import { classColour, VERDICT } from "./colours.mjs";

/** @import { SampleReader } from "../engine/classifiers.mjs" */
/** @import { App } from "../types" */
/** @import { Colouring, LegendContent } from "./types" */

const REFERENCE_WIDTH = 600; // pixels of a map whose text is as large as the constants say
const MARGIN = 16;
const LINE_HEIGHT = 22;
const FONT_SIZE = 14;
const SQUARE = 12; // side of a colour's sample
const TEXT_INDENT = 18; // of the text behind it
const ENTRY_SPACING = 34; // what an entry needs beside its text
const RAMP = { left: 0.3, width: 0.4 }; // shares of the map's width

/**
 * Return what the colours mean, or null without colours.
 *
 * @param {App} app
 * @param {SampleReader} reader
 * @param {Colouring} colouring
 * @returns {LegendContent | null}
 */
export function legendContent(app, reader, colouring) {
  if (colouring === "verdict") {
    return {
      ramp: [app.t("map.surely_generated"), app.t("map.surely_real")],
      note: app.space.relative ? app.t("map.relative") : "",
    };
  }
  if (typeof colouring !== "number") return null;
  const { name, values } = reader.fields[colouring];
  return { values: values.map((value, k) => ({ colour: classColour(k), text: app.valueName(name, value) })) };
}

/**
 * @param {HTMLElement} host
 * @param {LegendContent | null} content
 */
export function drawLegend(host, content) {
  host.hidden = !content;
  host.replaceChildren();
  for (const { colour, text } of content?.values ?? []) {
    const square = element("i");
    square.style.background = colour;
    host.append(element("span", {}, square, text));
  }
  if (!content?.ramp) return;
  const ramp = element("i");
  ramp.style.background = `linear-gradient(to right, ${VERDICT.join(", ")})`;
  const [left, right] = content.ramp.map((text) => element("span", { textContent: text }));
  host.append(element("div", { className: "ramp" }, left, ramp, right));
  if (content.note) host.append(element("small", { textContent: content.note }));
}

/**
 * Return a picture of the map with its axes and its legend below it, black on white.
 *
 * @param {HTMLCanvasElement} map
 * @param {string[]} lines
 * @param {LegendContent | null} content
 */
export function mapPage(map, lines, content) {
  const scale = map.width / REFERENCE_WIDTH;
  const canvas = element("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no 2-D canvas");
  const font = `${FONT_SIZE * scale}px system-ui, sans-serif`;
  pen.font = font;
  const entryWidth = (/** @type {string} */ text) => pen.measureText(text).width + ENTRY_SPACING * scale;
  const rows = wrapEntries(content?.values ?? [], entryWidth, map.width - 2 * MARGIN);
  const count = lines.length + rows.length + (content?.ramp ? 1 : 0);
  canvas.width = map.width; // which resets the pen
  canvas.height = map.height + count * LINE_HEIGHT * scale + (count ? 2 * MARGIN * scale : 0);
  pen.font = font;
  pen.textBaseline = "middle";
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(map, 0, 0);
  const writer = new LegendWriter(pen, scale, map);
  for (const text of lines) writer.writeLine(text);
  for (const row of rows) writer.writeEntries(row);
  if (content?.ramp) writer.writeRamp(content.ramp);
  return canvas;
}

/** Writes lines of a legend below a map. */
class LegendWriter {
  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} scale
   * @param {{ width: number, height: number }} map
   */
  constructor(pen, scale, map) {
    this.pen = pen;
    this.scale = scale;
    this.width = map.width;
    this.margin = MARGIN * scale;
    this.lineHeight = LINE_HEIGHT * scale;
    this.y = map.height + this.margin + this.lineHeight / 2;
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {CanvasTextAlign} [align]
   */
  write(text, x, align = "left") {
    this.pen.fillStyle = "#111";
    this.pen.textAlign = align;
    this.pen.fillText(text, x, this.y);
  }

  /** @param {string} text */
  writeLine(text) {
    this.write(text, this.margin);
    this.y += this.lineHeight;
  }

  /** @param {{ x: number, colour: string, text: string }[]} row */
  writeEntries(row) {
    const side = SQUARE * this.scale;
    for (const { x, colour, text } of row) {
      this.pen.fillStyle = colour;
      this.pen.fillRect(this.margin + x, this.y - side / 2, side, side);
      this.write(text, this.margin + x + TEXT_INDENT * this.scale);
    }
    this.y += this.lineHeight;
  }

  /** @param {[left: string, right: string]} ends */
  writeRamp([left, right]) {
    const { pen, width, margin } = this;
    const start = RAMP.left * width;
    const end = start + RAMP.width * width;
    const side = SQUARE * this.scale;
    const gradient = pen.createLinearGradient(start, 0, end, 0);
    VERDICT.forEach((colour, k) => {
      gradient.addColorStop(k / (VERDICT.length - 1), colour);
    });
    pen.fillStyle = gradient;
    pen.fillRect(start, this.y - side / 2, end - start, side);
    this.write(left, start - margin / 2, "right");
    this.write(right, end + margin / 2);
  }
}

/**
 * Distribute entries over rows of a width; `x` is where each begins.
 *
 * @template {{ text: string }} Entry
 * @param {Entry[]} entries
 * @param {(text: string) => number} entryWidth
 * @param {number} width
 */
export function wrapEntries(entries, entryWidth, width) {
  /** @type {(Entry & { x: number })[][]} */
  const rows = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const own = entryWidth(entry.text);
    if (x + own > width) {
      rows.push([]);
      x = 0;
    }
    rows[rows.length - 1].push({ ...entry, x });
    x += own;
  }
  return rows;
}
