// @ts-check
/**
 * Graphs from the shipped file of templates (docs/compiled-step.md), whose sizes are filled in here: no server
 * compiles.
 * @import { BundleHeader, GraphSource, TrainerSettings, VectorLayout } from "../trainer/types.js"
 */
import { fetchOk } from "../shared/http.mjs";

const VERSION = 1;
const INTEGER_MARK = [..."gan:int"].map((letter) => letter.charCodeAt(0)); // then the formula's place: 8 bytes
const FLOAT_MARK = [..."g:f"].map((letter) => letter.charCodeAt(0)); // then the formula's place: 4 bytes
const VIEWS = ["samples", "logits", "g_units", "d_units"];

/** @typedef {[factor: number, names: string[]][]} Formula a sum of products of sizes */
/** @typedef {Record<string, number>} Sizes */

/**
 * @typedef {object} PartHeader
 * @property {number} version
 * @property {string[]} controls
 * @property {string[]} report
 * @property {string[]} optimizers
 * @property {Formula[]} formulas
 * @property {Record<"g" | "d", [name: string, shape: (string | number)[]][]>} tensors
 * @property {Record<string, [offset: number, length: number]>} graphs
 */

/** No shipped template has these settings. */
export class NotShipped extends Error {
  /** @param {keyof TrainerSettings} setting the one to change */
  constructor(setting) {
    super(`not shipped: ${setting}`);
    this.name = "NotShipped";
    this.setting = setting;
  }
}

/**
 * Return the source of graphs of a static page: one file, fetched once.
 * @param {string} address
 * @returns {GraphSource}
 */
export function shippedGraphs(address) {
  /** @type {Promise<ArrayBuffer> | null} */
  let file = null;
  return async (settings) => {
    file ??= fetchOk(address).then((response) => response.arrayBuffer());
    file.catch(() => {
      file = null; // the next attempt fetches again
    });
    return makeBundle(await file, settings);
  };
}

/**
 * Return the file of graphs of some settings, as a server would compile it. Throws NotShipped.
 * @param {ArrayBuffer} file
 * @param {TrainerSettings} settings
 */
export async function makeBundle(file, settings) {
  const { gLayers, dLayers, activation } = settings;
  if (settings.pack > 1) throw new NotShipped("pack");
  const parts = unpack(file);
  const packed = parts.contents(`${gLayers}-${dLayers}-${activation}`);
  if (!packed) throw new NotShipped(parts.contents(`${gLayers}-${dLayers}-leaky_relu`) ? "activation" : "dLayers");
  const part = unpack(await unzipped(packed));
  const header = /** @type {PartHeader} */ (/** @type {unknown} */ (part.header));
  if (!header.optimizers.includes(settings.optimizer)) throw new NotShipped("optimizer");
  const sizes = { batch: settings.batch, z_dim: settings.noiseDim, width: settings.gWidth, d_width: settings.dWidth };
  /** @type {Map<string, Uint8Array>} */
  const graphs = new Map();
  for (const [name, key] of graphKeys(settings)) {
    const template = part.contents(key);
    if (!template) throw new NotShipped("gp");
    graphs.set(name, filled(template, header.formulas, sizes));
  }
  return joined(bundleHeader(header, settings, sizes), graphs);
}

/**
 * Return [name in a file of graphs, key of its template] of all graphs that a training needs.
 * @param {TrainerSettings} settings
 * @returns {[name: string, key: string][]}
 */
function graphKeys({ loss, optimizer, r1, r2, gp }) {
  const isCentred = r1 > 0 || r2 > 0;
  if (isCentred && gp > 0) throw new NotShipped("gp");
  const penalties = isCentred ? "r" : gp > 0 ? "gp" : "";
  /** @type {(update: string, kinds: string) => string} */
  const key = (update, kinds) => [update, loss, optimizer, kinds].join("/");
  /** @type {[string, string][]} */
  const keys = [
    ["step", key("step", penalties)],
    ["d", key("d", penalties)],
    ["g", key("g", "")],
    ["slopes", `slopes/${loss}`],
    ...VIEWS.map((view) => /** @type {[string, string]} */ ([view, view])),
  ];
  if (penalties) keys.push(["step_plain", key("step", "")], ["d_plain", key("d", "")]);
  return keys;
}

/**
 * Read a file of parts or a part: uint32 length of the JSON header, the header, the contents.
 * @param {ArrayBuffer} file
 */
function unpack(file) {
  const length = new DataView(file).getUint32(0, true);
  /** @type {{ version: number, graphs: Record<string, [number, number]> }} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
  if (header.version !== VERSION) throw new Error(`templates of version ${header.version}`);
  /** @param {string} name */
  const contents = (name) => {
    const range = header.graphs[name];
    return range ? new Uint8Array(file, 4 + length + range[0], range[1]) : null;
  };
  return { header, contents };
}

/** @param {Uint8Array<ArrayBuffer>} bytes gzipped */
async function unzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/**
 * Return a template's graph for these sizes.
 * @param {Uint8Array} template
 * @param {Formula[]} formulas
 * @param {Sizes} sizes
 */
export function filled(template, formulas, sizes) {
  const values = formulas.map((formula) => formulaValue(formula, sizes));
  const content = template.slice();
  const view = new DataView(content.buffer);
  forEachMark(content, INTEGER_MARK, (start, index) =>
    view.setBigInt64(start, BigInt(Math.round(values[index])), true),
  );
  forEachMark(content, FLOAT_MARK, (start, index) => view.setFloat32(start, values[index], true));
  return content;
}

/**
 * @param {Formula} formula
 * @param {Sizes} sizes
 */
function formulaValue(formula, sizes) {
  /** @type {Sizes} */
  const known = { ...sizes, "1/batch": 1 / sizes.batch };
  return formula.reduce(
    (sum, [factor, names]) => sum + names.reduce((product, name) => product * known[name], factor),
    0,
  );
}

/**
 * Call `replace` with the offset of each mark and the index of the formula that it names.
 * @param {Uint8Array} content
 * @param {number[]} mark
 * @param {(start: number, index: number) => void} replace
 */
function forEachMark(content, mark, replace) {
  for (let start = content.indexOf(mark[0]); start >= 0; start = content.indexOf(mark[0], start + 1)) {
    if (mark.every((byte, k) => content[start + k] === byte)) replace(start, content[start + mark.length]);
  }
}

/**
 * @param {PartHeader} part
 * @param {TrainerSettings} settings
 * @param {Sizes} sizes
 * @returns {Omit<BundleHeader, "graphs">}
 */
function bundleHeader(part, { gLayers, dLayers, gWidth, dWidth, batch }, sizes) {
  return {
    version: VERSION,
    batch,
    controls: part.controls,
    report: part.report,
    units: { g: [...Array(gLayers).fill(gWidth), 2], d: [...Array(dLayers).fill(dWidth), 1] },
    layout: {
      g: vectorLayout(part.tensors.g, sizes, ["weights", "moment1", "moment2", "average"]),
      d: vectorLayout(part.tensors.d, sizes, ["weights", "moment1", "moment2"]),
    },
  };
}

/**
 * Return where the tensors of a network lie in its vector.
 * @param {[name: string, shape: (string | number)[]][]} tensors
 * @param {Sizes} sizes
 * @param {string[]} parts
 * @returns {VectorLayout}
 */
function vectorLayout(tensors, sizes, parts) {
  let offset = 0;
  const slices = tensors.map(([name, names]) => {
    const shape = names.map((size) => (typeof size === "string" ? sizes[size] : size));
    const slice = { name, shape, offset, learned: true };
    offset += shape.reduce((product, size) => product * size, 1);
    return slice;
  });
  const parameters = offset;
  return {
    length: parts.length * parameters,
    parameters,
    parts: Object.fromEntries(parts.map((name, k) => [name, [k * parameters, (k + 1) * parameters]])),
    tensors: slices,
  };
}

/**
 * Return the bytes of a file of graphs.
 * @param {Omit<BundleHeader, "graphs">} header
 * @param {Map<string, Uint8Array>} graphs
 */
function joined(header, graphs) {
  /** @type {BundleHeader["graphs"]} */
  const ranges = {};
  let total = 0;
  for (const [name, content] of graphs) {
    ranges[name] = [total, content.length];
    total += content.length;
  }
  const json = JSON.stringify({ ...header, graphs: ranges });
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 4) * 4)); // ASCII alone
  const file = new Uint8Array(4 + text.length + total);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 4);
  for (const [name, content] of graphs) file.set(content, 4 + text.length + ranges[name][0]);
  return file.buffer;
}
