// @ts-check
// The rounds of a game: the generator of a checkpoint and the D of its time, the pictures, and what D answers.
// Networks are loaded in turn under two names: one plays while the next one loads.

/**
 * @import { App, LatentState, Pixels, Tensors } from "../types.js"
 * @import { Game, Question, Wanted } from "./game.mjs"
 * @import { realImages } from "../training_images.mjs"
 */
import { mostProbable, SampleReader } from "../engine/classifiers.mjs";
import { oneHot } from "../latent.mjs";
import { fromPixels } from "../training_images.mjs";
import { choiceOfD } from "./game.mjs";

/** @typedef {Awaited<ReturnType<typeof realImages>>} RealImages */
/**
 * Names of networks in the engine; `discriminator` is "" without D.
 * @typedef {{ generator: string, discriminator: string }} Networks
 */

/**
 * A picture of a round: a sample of a state, or the training image of an index.
 * @typedef {{ pixels: Pixels, isReal: false, state: LatentState } | { pixels: Pixels, isReal: true, index: number }}
 *   Picture
 */

/**
 * A question with its pictures in their places, and the index that D answers, or -1.
 * @typedef {Question & { pictures: Picture[], dsChoice: number }} Round
 */

export class RoundsLoader {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.reader = new SampleReader(app);
    const run = app.data.models?.find(({ id }) => id === app.data.id);
    /** Addresses of generators by step. */
    this.addresses = new Map(run?.checkpoints ?? []);
    /** Steps with a discriminator. */
    this.discriminatorSteps = run?.states ?? [];
  }

  /** Steps to play with, ascending. */
  get steps() {
    return this.addresses.size ? [...this.addresses.keys()] : [this.app.space.step ?? 0];
  }

  // ---- networks

  /**
   * Load the networks of a round.
   * @param {number} step
   * @param {number} round
   * @returns {Promise<Networks>}
   */
  async load(step, round) {
    const [generator, discriminator] = await Promise.all([
      this.loadGenerator(step, round),
      this.loadDiscriminator(step, round),
    ]);
    return { generator, discriminator };
  }

  /**
   * @param {number} step
   * @param {number} round
   */
  async loadGenerator(step, round) {
    const address = this.addresses.get(step);
    if (step === this.app.space.step || !address) return "main";
    const name = `quiz-generator-${round % 2}`;
    await this.app.engine.load(name, absolute(address));
    return name;
  }

  /**
   * Load D as it was at that step if its state was saved by then, else as it is at the step on show.
   * @param {number} step
   * @param {number} round
   */
  async loadDiscriminator(step, round) {
    if (!this.app.space.discriminator) return "";
    const isSaved = this.discriminatorSteps.some((saved) => saved <= step);
    const address = isSaved && this.addresses.get(step)?.replace("generator.onnx", "discriminator.onnx");
    const name = `quiz-judge-${round % 2}`;
    await this.app.engine.load(name, address ? absolute(address) : this.app.url("discriminator"));
    return name;
  }

  // ---- a round

  /**
   * Return the round to come, its pictures drawn.
   * @param {Game} game
   * @param {Networks} networks
   * @param {RealImages} images
   * @returns {Promise<Round>}
   */
  async round(game, networks, images) {
    const { app } = this;
    const question = game.question(app.space, images.count);
    const x = await app.samples(question.fakes, { model: networks.generator });
    /** @type {Picture[]} */
    const fakes = question.fakes.map((state, k) => ({ pixels: app.pixels(x, k), isReal: false, state }));
    /** @type {Picture[]} */
    const reals = question.reals.map((index) => ({ pixels: images.pixels(index), isReal: true, index }));
    const [[odd], others] = question.wanted === "fake" ? [fakes, reals] : [reals, fakes];
    const pictures = [...others.slice(0, question.odd), odd, ...others.slice(question.odd)];
    const dsChoice = await this.chooseByD(networks.discriminator, pictures, question.wanted, images);
    return { ...question, pictures, dsChoice };
  }

  /**
   * Return the index that D answers; -1 without D, or if it needs labels of a training image that nobody knows.
   * @param {string} discriminator
   * @param {readonly Picture[]} pictures
   * @param {Wanted} wanted
   * @param {RealImages} images
   */
  async chooseByD(discriminator, pictures, wanted, images) {
    if (!discriminator) return -1;
    const labels = await this.labelsOf(pictures, images);
    if (!labels) return -1;
    const pixels = pictures.map((picture) => picture.pixels);
    return choiceOfD(await this.logits(discriminator, pixels, labels), wanted);
  }

  /**
   * Return the label vectors that a conditional D gets with the pictures: of training images their own labels, or else
   * what the classifier reads. Null if labels are unknown.
   * @param {readonly Picture[]} pictures
   * @param {RealImages} images
   * @returns {Promise<ArrayLike<number>[] | null>}
   */
  async labelsOf(pictures, images) {
    const fields = this.app.space.labels;
    if (!fields.length) return pictures.map(() => []);
    /** @type {ArrayLike<number>[]} */
    const labels = [];
    for (const picture of pictures) {
      if (!picture.isReal) {
        labels.push(picture.state.y);
        continue;
      }
      const values = images.values(picture.index) ?? (await this.readValues(images.x(picture.index)));
      if (values?.length !== fields.length) return null;
      labels.push(fields.flatMap((field, k) => [...oneHot(field.values.length, values[k])]));
    }
    return labels;
  }

  /**
   * Return the most probable value of each field, or null without a classifier.
   * @param {Float32Array} x
   */
  async readValues(x) {
    if (!this.reader.fields.length) return null;
    const [probabilities] = await this.reader.read(x, 1);
    return probabilities.map((p) => mostProbable(p)[0]);
  }

  /**
   * Return D's logits of pictures as they are seen.
   * @param {string} discriminator
   * @param {readonly Pixels[]} pictures RGBA
   * @param {readonly ArrayLike<number>[]} labels
   */
  async logits(discriminator, pictures, labels) {
    const { engine, shape } = this.app;
    const size = shape.reduce((product, side) => product * side, 1);
    const x = new Float32Array(pictures.length * size);
    pictures.forEach((pixels, k) => {
      x.set(fromPixels(pixels, shape), k * size);
    });
    /** @type {Tensors} */
    const feeds = { x: { data: x, dims: [pictures.length, ...shape] } };
    const width = labels[0]?.length ?? 0;
    if (width) {
      const y = Float32Array.from(labels.flatMap((each) => Array.from(each)));
      feeds.y = { data: y, dims: [labels.length, width] };
    }
    const { logit } = await engine.run(discriminator, feeds);
    return logit.data;
  }
}

/** @param {string} address */
function absolute(address) {
  return new URL(address, document.baseURI).href;
}
