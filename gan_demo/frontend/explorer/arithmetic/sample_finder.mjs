// Random samples that are of a kind, as the classifier reads them and their pixels measure.
import { mostProbable } from "../engine/classifiers.mjs";
import { latentState, oneHot, randomState, withLabel } from "../latent.mjs";
import { MEASURES } from "./digit_strokes.mjs";
import { find, LESS, MORE } from "./formula.mjs";

const BATCH = 24; // of a model without labels, whose samples are sorted by what is read
const ROUNDS = 100; // in which a kind has to turn up
const TOLD = 8; // the same, where labels say what is drawn
const CASTS = 12; // other labels that are tried: a hat hides the colour of hair
const CLASS = 48; // samples from which a class's thirds are taken
const ENOUGH = 3000; // samples that are kept

export class Scarce extends Error {}

export class Supply {
  constructor(app, reader, all) {
    Object.assign(this, { app, reader, all, conditional: app.space.labels.length > 0, pool: [], thirds: new Map() });
  }

  // Each state with what is read of it: {state, values: {name: index}, ink: {name: number}}.
  async look(states) {
    const { app, reader, all } = this;
    const x = await app.samples(states);
    const p = reader.fields.length ? await reader.read(x, states.length) : null;
    const area = x.length / states.length;
    const traits = all.filter((one) => one.trait);
    return states.map((one, k) => {
      const values = Object.fromEntries(
        all.filter((each) => each.read >= 0).map((each) => [each.name, mostProbable(p[k][each.read])[0]]),
      );
      const part = x.subarray(k * area, (k + 1) * area);
      const ink = Object.fromEntries(traits.map(({ name }) => [name, MEASURES[name](part, app.space.shape)]));
      return { state: one, values, ink };
    });
  }

  // {name: true | false} for each attribute of a kind; of one that nothing can read, nothing. Its traits' thirds are known.
  judge(seen, kind) {
    const found = {};
    for (const [name, wanted] of Object.entries(kind)) {
      const one = find(this.all, name);
      if (one.trait) found[name] = this.third(seen, name, kind.digit) === wanted;
      else if (one.read >= 0) found[name] = seen.values[name] === wanted;
    }
    return found;
  }

  is(seen, kind) {
    return Object.values(this.judge(seen, kind)).every(Boolean);
  }

  third({ ink }, name, digit) {
    const [low, high] = this.thirds.get(`${name} ${digit}`);
    return ink[name] <= low ? LESS : ink[name] >= high ? MORE : -1;
  }

  // Where the thirds of these kinds' classes begin and end.
  async prepare(kinds) {
    for (const kind of kinds) {
      for (const name of Object.keys(kind).filter((one) => find(this.all, one).trait)) {
        const key = `${name} ${kind.digit}`;
        if (this.thirds.has(key)) continue;
        const [some] = await this.draw([{ kind: { digit: kind.digit }, count: CLASS }], this.app.rng(7 + kind.digit), {
          pool: [],
        });
        const sorted = some.map((one) => one.ink[name]).sort((a, b) => a - b);
        this.thirds.set(key, [sorted[Math.floor(CLASS / 3)], sorted[Math.ceil((2 * CLASS) / 3) - 1]]);
      }
    }
  }

  // For each {kind, count} as many samples of it as wanted; labels that no kind decides are the same for all of them.
  // Those are decided by the seed `cast`. Without labels samples are found in `pool`, which grows: with an empty one they are
  // the same for the same chance. Throws Scarce where the model hardly ever draws one.
  async draw(wanted, chance, { pool = this.pool, cast: seed = chance.integer(2 ** 31) } = {}) {
    const cast = this.conditional ? randomState(this.app.space, seed) : null;
    const found = wanted.map(() => []);
    for (let round = 0; ; round++) {
      const missing = wanted.map(({ count }, k) => count - found[k].length);
      if (missing.every((count) => count <= 0)) return found;
      if (round === (cast ? TOLD : ROUNDS)) throw new Scarce();
      if (this.conditional) await this.told(wanted, missing, found, cast, chance);
      else await this.sorted(wanted, found, chance, pool);
    }
  }

  // The first of some casts for which `act(cast)` finds all that it wants.
  async casting(first, act) {
    for (let k = 0; ; k++) {
      try {
        return await act(first + k);
      } catch (error) {
        if (!(error instanceof Scarce) || !this.conditional || k === CASTS - 1) throw error;
      }
    }
  }

  // The labels say what is drawn; what is read differently is left out.
  async told(wanted, missing, found, cast, chance) {
    const asked = wanted.flatMap(({ kind, free }, k) => {
      const some = Object.keys(kind).some((name) => find(this.all, name).trait) ? 3 : 1.2;
      return Array.from({ length: missing[k] > 0 ? Math.ceil(missing[k] * some) : 0 }, () => [
        k,
        this.labelled(kind, free ? null : cast, chance),
      ]);
    });
    const seen = await this.look(asked.map(([, one]) => one));
    seen.forEach((one, n) => {
      const [k] = asked[n];
      if (found[k].length < wanted[k].count && this.is(one, wanted[k].kind)) found[k].push(one);
    });
  }

  labelled(kind, cast, chance) {
    const { space } = this.app;
    let one = randomState(space, chance.integer(2 ** 31), cast ? cast.y : null);
    for (const [name, value] of Object.entries(kind)) {
      const { label, values } = find(this.all, name);
      if (label >= 0) one = withLabel(one, space.labels, label, oneHot(values.length, value));
    }
    return one;
  }

  // Without labels: anything, sorted by what is read. All seen so far are gone through from a random place on.
  async sorted(wanted, found, chance, pool) {
    const states = Array.from({ length: BATCH }, () => latentState(chance.normals(this.app.space.z_dim)));
    pool.push(...(await this.look(states)));
    if (pool.length > ENOUGH) pool.splice(0, BATCH);
    const taken = new Set(found.flat());
    const start = chance.integer(pool.length);
    for (let n = 0; n < pool.length; n++) {
      const one = pool[(start + n) % pool.length];
      const k = wanted.findIndex(({ kind, count }, at) => found[at].length < count && this.is(one, kind));
      if (k >= 0 && !taken.has(one)) {
        found[k].push(one);
        taken.add(one);
      }
    }
  }
}
