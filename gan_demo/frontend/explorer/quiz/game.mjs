// The game of real against generated: what each of its ten rounds asks, how hard it is, and how it stands. Pure: a seed and
// the answers decide everything, so that the same link is the same game.
import { randomState, rng } from "../latent.mjs";

export const ROUNDS = 10;
// How many pictures, and what is wanted among them: the only fake, or the only real one.
const KINDS = [
  [2, "fake"],
  [2, "fake"],
  [6, "fake"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
  [6, "real"],
  [6, "fake"],
];
const [FIRST, UP, DOWN] = [0.1, 0.15, 0.1]; // of the way through the training: the first round, after right, after wrong

export class Game {
  // steps: those of kept checkpoints, ascending.
  constructor(seed, steps) {
    Object.assign(this, { seed, steps, answers: [], way: FIRST });
  }

  get round() {
    return this.answers.length;
  }

  get over() {
    return this.round >= ROUNDS;
  }

  // The checkpoint of the round to come: later ones after right answers, earlier ones after wrong ones.
  get step() {
    return this.steps[Math.round(this.way * (this.steps.length - 1))];
  }

  // {size, wanted: "fake" | "real", odd: its place, reals: [indices below `count`], fakes: [states]}, in turn of their places.
  question(space, count) {
    const [size, wanted] = KINDS[this.round];
    const chance = rng((this.seed + Math.imul(this.round + 1, 0x9e3779b1)) >>> 0);
    const reals = shuffled(count, wanted === "fake" ? size - 1 : 1, chance);
    const fakes = Array.from({ length: size - reals.length }, () => randomState(space, chance.integer(2 ** 32)));
    return { size, wanted, odd: chance.integer(size), reals, fakes };
  }

  // right, d (null without D): was each right?
  answer(right, d) {
    this.answers.push({ right, d, step: this.step });
    this.way = Math.min(1, Math.max(0, this.way + (right ? UP : -DOWN)));
  }

  // {right, d, judged: rounds in which D answered, streak: right ones in a row up to now, best: the longest such row}
  get score() {
    let [streak, best] = [0, 0];
    for (const { right } of this.answers) {
      streak = right ? streak + 1 : 0;
      best = Math.max(best, streak);
    }
    const count = (test) => this.answers.filter(test).length;
    return {
      right: count((one) => one.right),
      d: count((one) => one.d),
      judged: count((one) => one.d !== null),
      streak,
      best,
    };
  }

  // How many rounds one who guesses gets right.
  static get guessed() {
    return KINDS.reduce((sum, [size]) => sum + 1 / size, 0);
  }
}

// `some` different numbers below `count`, or all there are over and over.
function shuffled(count, some, chance) {
  const all = Array.from({ length: count }, (_, k) => k);
  for (let k = 0; k < Math.min(some, count); k++) {
    const other = k + chance.integer(count - k);
    [all[k], all[other]] = [all[other], all[k]];
  }
  return Array.from({ length: some }, (_, k) => all[k % count]);
}

// Which place D takes for the wanted one: the least real is the fake, the most real the real one.
export function choice(logits, wanted) {
  return logits.reduce(
    (best, value, k) => ((wanted === "fake" ? value < logits[best] : value > logits[best]) ? k : best),
    0,
  );
}
