// @ts-check
// Shows checkpoints on the stage, one or all of them one after the other.

/** @import { App } from "../types" */
/** @import { Checkpoint } from "./types" */

const CHECKPOINT_MILLISECONDS = 350; // that each stays while the training plays

export class CheckpointPlayer {
  /**
   * @param {App} app
   * @param {object} options
   * @param {Checkpoint[]} options.checkpoints of the run on show, ascending
   * @param {number} options.home the index of the one that the page is about
   * @param {(checkpoint: Checkpoint) => Promise<string>} options.load resolves to the network's name in the engine
   * @param {(checkpoint: Checkpoint) => string} options.nameOf
   * @param {() => void} options.onChange called when playing starts or ends, and when another checkpoint is shown
   */
  constructor(app, { checkpoints, home, load, nameOf, onChange }) {
    this.app = app;
    this.checkpoints = checkpoints;
    this.home = home;
    this.load = load;
    this.nameOf = nameOf;
    this.onChange = onChange;
    this.index = home;
    /** @type {Checkpoint} the one on stage */
    this.current = checkpoints[home];
    this.enabled = false;
    this.playing = false;
    this.plays = 0; // of which only the last one counts
    this.requests = 0; // of a checkpoint on stage, of which only the last one counts
  }

  /** @param {Checkpoint} checkpoint */
  show(checkpoint) {
    this.stop();
    const index = this.checkpoints.indexOf(checkpoint);
    return index < 0 ? this.present(checkpoint) : this.goTo(index);
  }

  /** @param {number} index */
  goTo(index) {
    this.index = index;
    return this.present(this.checkpoints[index]);
  }

  /**
   * Bring a checkpoint on stage once it is loaded, unless another one is asked for meanwhile.
   *
   * @param {Checkpoint} checkpoint
   */
  async present(checkpoint) {
    const request = ++this.requests;
    this.onChange();
    try {
      const network = await this.load(checkpoint);
      if (request !== this.requests || !this.enabled || this.app.destroyed) return;
      this.current = checkpoint;
      this.onChange();
      await this.app.stage.useNetwork(network, network === "main" ? "" : this.nameOf(checkpoint));
    } catch (error) {
      this.stop();
      this.app.drawingFailed(error);
    }
  }

  async play() {
    const { checkpoints } = this;
    const play = ++this.plays;
    this.playing = true;
    this.onChange();
    for (let k = this.index + 1 < checkpoints.length ? this.index : 0; k < checkpoints.length; k++) {
      const following = checkpoints[k + 1];
      const ahead = following && this.load(following).catch(() => ""); // its own turn reports the error
      await Promise.all([this.goTo(k), new Promise((resolve) => setTimeout(resolve, CHECKPOINT_MILLISECONDS))]);
      await ahead;
      if (!this.playing || this.plays !== play || !this.enabled) return;
    }
    this.stop();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.onChange();
  }

  enable() {
    this.enabled = true;
  }

  /** Give the stage back to the model of the page. */
  disable() {
    this.stop();
    this.enabled = false;
    this.requests++;
    this.index = this.home;
    this.current = this.checkpoints[this.home];
    this.app.stage.useNetwork(null);
  }
}
