// @ts-check
// Random samples of a kind, as the classifier reads them and their strokes measure.

/**
 * @import { App, LatentState, Rng } from "../types.js"
 * @import { Attribute, Kind, ReadSample } from "./types.js"
 * @import { SampleReader } from "../engine/classifiers.mjs"
 */
import { mostProbable } from "../engine/classifiers.mjs";
import { latentState, oneHot, randomState, withLabel } from "../latent.mjs";
import { MEASURES } from "./digit_strokes.mjs";
import { attributeNamed, LESS, MORE } from "./formula.mjs";

const BATCH = 24; // samples of a model without labels that are read at once
const MAX_BATCHES = 100; // in which a kind has to turn up, without labels
const MAX_LABELLED_BATCHES = 8; // the same with labels, which say what is drawn
const MAX_TRAIT_BATCHES = 40; // the same of kinds with a trait, which no label says: a fifth may have it
const MAX_LABEL_SEEDS = 12; // labels that are tried for attributes left open: a hat hides the colour of hair
const CLASS_SAMPLES = 48; // of a class, whose thirds are measured
const MAX_POOL = 3000; // samples of a model without labels that are kept
// Samples that are drawn for each one that is missing: a third of them has a trait.
const DRAWN_PER_TRAIT = 3;
const DRAWN_PER_LABEL = 1.2;

/** The model hardly ever draws a sample of a kind. */
export class TooRare extends Error {}

/**
 * Samples that are wanted: how many of which kind. `free`: labels that the kind leaves open differ from sample to
 * sample.
 * @typedef {{ kind: Kind, count: number, free?: boolean }} Wanted
 */

export class SampleFinder {
  /**
   * @param {App} app
   * @param {SampleReader} reader
   * @param {readonly Attribute[]} attributes
   */
  constructor(app, reader, attributes) {
    this.app = app;
    this.reader = reader;
    this.attributes = attributes;
    this.conditional = app.space.labels.length > 0;
    /** Samples read so far, of a model without labels. @type {ReadSample[]} */
    this.pool = [];
    /** "trait class" -> end of the lowest third and start of the highest. @type {Map<string, [number, number]>} */
    this.thirds = new Map();
  }

  // ---- reading samples

  /**
   * @param {readonly LatentState[]} states
   * @returns {Promise<ReadSample[]>}
   */
  async read(states) {
    const { app, reader, attributes } = this;
    const x = await app.samples(states);
    const probabilities = reader.fields.length ? await reader.read(x, states.length) : [];
    const area = x.length / states.length;
    const readable = attributes.filter(({ read }) => read >= 0);
    const traits = attributes.filter(({ trait }) => trait);
    return states.map((each, k) => {
      const sample = x.subarray(k * area, (k + 1) * area);
      return {
        state: each,
        values: Object.fromEntries(readable.map(({ name, read }) => [name, mostProbable(probabilities[k][read])[0]])),
        strokes: Object.fromEntries(traits.map(({ name }) => [name, MEASURES[name](sample, app.space.shape)])),
      };
    });
  }

  /**
   * Return for each attribute of a kind whether the sample has it; nothing of attributes that no classifier reads. The
   * thirds of its traits must have been measured.
   * @param {ReadSample} sample
   * @param {Kind} kind
   * @returns {Record<string, boolean>}
   */
  judge(sample, kind) {
    /** @type {Record<string, boolean>} */
    const verdicts = {};
    for (const [name, wanted] of Object.entries(kind)) {
      const { trait, read } = attributeNamed(this.attributes, name);
      if (trait) verdicts[name] = this.third(sample, name, kind.digit) === wanted;
      else if (read >= 0) verdicts[name] = sample.values[name] === wanted;
    }
    return verdicts;
  }

  /**
   * @param {ReadSample} sample
   * @param {Kind} kind
   */
  isOf(sample, kind) {
    return Object.values(this.judge(sample, kind)).every(Boolean);
  }

  /**
   * Return LESS or MORE for a sample in the lowest or highest third of its class, -1 for others.
   * @param {ReadSample} sample
   * @param {string} trait
   * @param {number} digit
   */
  third({ strokes }, trait, digit) {
    const thirds = this.thirds.get(`${trait} ${digit}`);
    if (!thirds) throw new Error(`the thirds of ${trait} of ${digit} were not measured`);
    const [low, high] = thirds;
    if (strokes[trait] <= low) return LESS;
    return strokes[trait] >= high ? MORE : -1;
  }

  /**
   * Return whether a kind is decided by a trait, too, of which no label says whether a sample has it.
   * @param {Kind} kind
   */
  hasTrait(kind) {
    return Object.keys(kind).some((name) => attributeNamed(this.attributes, name).trait);
  }

  /**
   * Measure where the thirds of these kinds' classes begin and end.
   * @param {readonly Kind[]} kinds
   */
  async measureThirds(kinds) {
    for (const kind of kinds) {
      for (const name of Object.keys(kind)) {
        const key = `${name} ${kind.digit}`;
        if (!attributeNamed(this.attributes, name).trait || this.thirds.has(key)) continue;
        const wanted = [{ kind: { digit: kind.digit }, count: CLASS_SAMPLES }];
        const [samples] = await this.find(wanted, this.app.rng(7 + kind.digit), { pool: [] });
        const sorted = samples.map(({ strokes }) => strokes[name]).sort((a, b) => a - b);
        const [low, high] = [Math.floor(CLASS_SAMPLES / 3), Math.ceil((2 * CLASS_SAMPLES) / 3) - 1];
        this.thirds.set(key, [sorted[low], sorted[high]]);
      }
    }
  }

  // ---- finding samples

  /**
   * Return as many samples of each kind as wanted. Labels that no kind decides follow from `labelSeed` and are the same
   * for all that are not `free`. Without labels samples are found in `pool`, which grows: an empty one makes them
   * reproducible from `chance`. Throws TooRare where the model hardly ever draws one.
   * @param {readonly Wanted[]} wanted
   * @param {Rng} chance
   * @param {{ pool?: ReadSample[], labelSeed?: number }} [options]
   * @returns {Promise<ReadSample[][]>}
   */
  async find(wanted, chance, { pool = this.pool, labelSeed = chance.integer(2 ** 31) } = {}) {
    const shared = this.conditional ? randomState(this.app.space, labelSeed) : null;
    /** @type {ReadSample[][]} */
    const samples = wanted.map(() => []);
    const isMissing = () => wanted.some(({ count }, k) => samples[k].length < count);
    const labelled = wanted.some(({ kind }) => this.hasTrait(kind)) ? MAX_TRAIT_BATCHES : MAX_LABELLED_BATCHES;
    for (let batches = 0; isMissing(); batches++) {
      if (batches === (shared ? labelled : MAX_BATCHES)) throw new TooRare();
      if (shared) await this.addLabelled(samples, wanted, shared, chance);
      else await this.addUnlabelled(samples, wanted, chance, pool);
    }
    return samples;
  }

  /**
   * Return what `find` returns for the first of some label seeds for which it finds all that it wants.
   * @template T
   * @param {number} first
   * @param {(labelSeed: number) => Promise<T>} find
   * @returns {Promise<T>}
   */
  async tryLabelSeeds(first, find) {
    for (let k = 0; ; k++) {
      try {
        return await find(first + k);
      } catch (error) {
        if (!(error instanceof TooRare) || !this.conditional || k === MAX_LABEL_SEEDS - 1) throw error;
      }
    }
  }

  /**
   * Draw samples with the labels of their kinds; add those that are read so.
   * @param {ReadSample[][]} samples
   * @param {readonly Wanted[]} wanted
   * @param {LatentState} shared
   * @param {Rng} chance
   */
  async addLabelled(samples, wanted, shared, chance) {
    /** @type {number[]} */
    const owners = []; // which of `wanted` each state is drawn for
    const states = wanted.flatMap(({ kind, count, free }, k) => {
      const missing = Math.max(0, count - samples[k].length);
      const each = this.hasTrait(kind) ? DRAWN_PER_TRAIT : DRAWN_PER_LABEL;
      return Array.from({ length: Math.ceil(missing * each) }, () => {
        owners.push(k);
        return this.stateOf(kind, free ? null : shared.y, chance);
      });
    });
    (await this.read(states)).forEach((sample, n) => {
      const k = owners[n];
      if (samples[k].length < wanted[k].count && this.isOf(sample, wanted[k].kind)) samples[k].push(sample);
    });
  }

  /**
   * Return a random state with the labels of a kind, and others from `y` or at random.
   * @param {Kind} kind
   * @param {Float32Array | null} y
   * @param {Rng} chance
   */
  stateOf(kind, y, chance) {
    const { space } = this.app;
    let result = randomState(space, chance.integer(2 ** 31), y);
    for (const [name, value] of Object.entries(kind)) {
      const { label, values } = attributeNamed(this.attributes, name);
      if (label >= 0) result = withLabel(result, space.labels, label, oneHot(values.length, value));
    }
    return result;
  }

  /**
   * Draw random samples into the pool, which forgets the oldest; add those that are of a kind, from a random index on.
   * @param {ReadSample[][]} samples
   * @param {readonly Wanted[]} wanted
   * @param {Rng} chance
   * @param {ReadSample[]} pool
   */
  async addUnlabelled(samples, wanted, chance, pool) {
    const states = Array.from({ length: BATCH }, () => latentState(chance.normals(this.app.space.z_dim)));
    pool.push(...(await this.read(states)));
    if (pool.length > MAX_POOL) pool.splice(0, BATCH);
    const taken = new Set(samples.flat());
    const start = chance.integer(pool.length);
    for (let n = 0; n < pool.length; n++) {
      const sample = pool[(start + n) % pool.length];
      const k = wanted.findIndex(({ kind, count }, at) => samples[at].length < count && this.isOf(sample, kind));
      if (k >= 0 && !taken.has(sample)) {
        samples[k].push(sample);
        taken.add(sample);
      }
    }
  }
}
