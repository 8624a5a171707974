// The pictures of a run by step, fetched and decoded ahead of where one is looking: first what is wanted, then its
// neighbours, then the whole history from coarse to fine, so that a fast drag has something near to show from the start.

const AHEAD = 4; // loading at once, besides the one that is wanted
const MOST = 400; // pictures kept; the farthest go first
const FEW = 8; // kept while nobody drags
const AGAIN = 2000; // ms until a picture that did not come is asked for again
const NEAR = 6;

export class Frames {
  constructor(address, arrived) {
    Object.assign(this, { address, arrived, known: new Map(), loading: 0, steps: [], index: 0, all: false });
  }

  // Where one looks: ``all`` loads the whole history by and by.
  look(steps, index, all) {
    this.steps = steps;
    this.index = index;
    this.all ||= all;
    if (steps[index] !== undefined) this.load(steps[index]);
    this.pump();
  }

  // The decoded picture of a step, or null while it is not there.
  image(step) {
    const one = this.known.get(step);
    return one?.ready ? one.image : null;
  }

  failed(step) {
    return Boolean(this.known.get(step)?.failed);
  }

  // The place of the decoded picture nearest to ``index``, or -1.
  nearest(index) {
    for (let d = 0; d < this.steps.length; d++) {
      if (this.image(this.steps[index - d])) return index - d;
      if (this.image(this.steps[index + d])) return index + d;
    }
    return -1;
  }

  load(step) {
    const old = this.known.get(step);
    if (old && !(old.failed && performance.now() - old.failed > AGAIN)) return;
    const image = new Image();
    const one = { image, ready: false, failed: 0 };
    this.known.set(step, one);
    this.loading++;
    image.decoding = "sync"; // decoded here, ahead; a blank frame in between would flicker
    image.dataset.step = step;
    image.src = this.address(step);
    image
      .decode()
      .then(
        () => {
          one.ready = true;
        },
        () => {
          one.failed = performance.now();
        },
      )
      .finally(() => {
        this.loading--;
        this.forget();
        this.arrived(step);
        this.pump();
      });
  }

  pump() {
    if (!this.all || this.loading > AHEAD || this.known.size >= Math.min(MOST, this.steps.length)) return;
    for (const i of this.order()) {
      if (this.loading > AHEAD) return;
      if (!this.known.has(this.steps[i])) this.load(this.steps[i]);
    }
  }

  *order() {
    const {
      index,
      steps: { length },
    } = this;
    for (let d = 1; d <= NEAR; d++) {
      if (index + d < length) yield index + d;
      if (index - d >= 0) yield index - d;
    }
    const [low, high] = [Math.max(0, index - MOST / 2), Math.min(length, index + MOST / 2)];
    for (let stride = 16; stride >= 1; stride /= 2) for (let i = low; i < high; i += stride) yield i;
  }

  forget() {
    const most = this.all ? MOST : FEW;
    if (this.known.size <= most) return;
    const place = new Map(this.steps.map((step, i) => [step, i]));
    const far = (step) => Math.abs((place.get(step) ?? Infinity) - this.index);
    const worst = [...this.known].filter(([, one]) => one.ready || one.failed).sort(([a], [b]) => far(b) - far(a));
    for (const [step] of worst.slice(0, this.known.size - most)) this.known.delete(step);
  }
}
