// How all games with a model went so far, kept in this browser.
const EMPTY = { games: 0, rounds: 0, right: 0, judged: 0, d: 0, best: 0, streak: 0 };

export class Scores {
  constructor(id) {
    this.key = `gan_demo.quiz.${id}`;
  }

  read() {
    try {
      const told = JSON.parse(localStorage.getItem(this.key) ?? "{}");
      const entries = Object.keys(EMPTY).map((name) => [
        name,
        Number.isSafeInteger(told?.[name]) && told[name] >= 0 ? told[name] : 0,
      ]);
      return Object.fromEntries(entries);
    } catch {
      return { ...EMPTY }; // no storage, or not ours
    }
  }

  // A finished game: its score, as game.mjs tells it.
  add({ right, d, judged, best }, rounds) {
    const old = this.read();
    this.write({
      games: old.games + 1,
      rounds: old.rounds + rounds,
      right: old.right + right,
      judged: old.judged + judged,
      d: old.d + d,
      best: Math.max(old.best, right),
      streak: Math.max(old.streak, best),
    });
  }

  write(all) {
    try {
      localStorage.setItem(this.key, JSON.stringify(all));
    } catch {
      return; // a browser that keeps nothing
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      return; // nothing was kept
    }
  }
}
