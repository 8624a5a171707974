// @ts-check
/**
 * Seeded random numbers, the same in every browser: only integer operations, + − · / and √, as IEEE 754 defines.
 */

const TWO_32 = 4294967296;

/**
 * xoshiro128** (Blackman and Vigna 2018), with a state that can be read and put back.
 */
export class Random {
  #state = new Uint32Array(4);

  /**
   * @param {number} seed integer
   * @param {number} [stream] another one gives independent numbers
   */
  constructor(seed, stream = 0) {
    let mixed = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0;
    for (let k = 0; k < 4; k++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      this.#state[k] = scrambled(mixed);
    }
  }

  /** @returns {[number, number, number, number]} */
  get state() {
    const [a, b, c, d] = this.#state;
    return [a, b, c, d];
  }

  set state(values) {
    this.#state.set(values);
  }

  /** Return 32 random bits as an integer. */
  #bits() {
    const s = this.#state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Return a number in [0, 1). */
  uniform() {
    return this.#bits() / TWO_32;
  }

  /**
   * Return an integer in [0, below).
   * @param {number} below
   */
  integer(below) {
    return Math.floor(this.uniform() * below);
  }

  /**
   * Fill with numbers of the standard normal distribution: Marsaglia's polar method.
   * @param {Float32Array} values
   */
  fillNormal(values) {
    for (let k = 0; k < values.length; k += 2) {
      let [u, v, square] = [0, 0, 0];
      do {
        u = 2 * this.uniform() - 1;
        v = 2 * this.uniform() - 1;
        square = u * u + v * v;
      } while (square >= 1 || square === 0);
      const factor = Math.sqrt((-2 * logarithm(square)) / square);
      values[k] = u * factor;
      if (k + 1 < values.length) values[k + 1] = v * factor;
    }
    return values;
  }

  /**
   * Fill with numbers that are uniform in [low, high).
   * @param {Float32Array} values
   * @param {number} low
   * @param {number} high
   */
  fillUniform(values, low, high) {
    for (let k = 0; k < values.length; k++) values[k] = low + (high - low) * this.uniform();
    return values;
  }
}

/**
 * Mix the bits of an integer (the finaliser of MurmurHash3).
 * @param {number} bits
 */
function scrambled(bits) {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * Return the natural logarithm of 0 < x < 1, to 1e-12: ln x = 2 artanh((x − 1)/(x + 1)) after doubling into
 * [√½, √2). Math.log may differ between browsers in its last bit.
 * @param {number} x
 */
function logarithm(x) {
  let [scaled, doublings] = [x, 0];
  for (; scaled < Math.SQRT1_2; scaled *= 2) doublings++;
  const q = (scaled - 1) / (scaled + 1);
  const s = q * q;
  const series = 1 + s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s * (1 / 11 + s / 13)))));
  return 2 * q * series - doublings * Math.LN2;
}
