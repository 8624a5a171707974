// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine, Superseded, toPixels } from "../../../gan_demo/frontend/explorer/engine/engine.mjs";

/** @import { Tensors } from "../../../gan_demo/frontend/explorer/types.js" */

/** @typedef {{ id: number, kind: string, name?: string, feeds: Tensors }} Message */

/** @type {FakeWorker[]} */
let workers = [];

/** A worker that answers when it is told to; a network returns z. */
class FakeWorker {
  /** @type {Message[]} */
  waiting = [];
  isTerminated = false;
  /** @type {(event: { data: object }) => void} */
  onmessage = () => {};
  /** @type {(event: { message: string }) => void} */
  onerror = () => {};

  /**
   * @param {URL} _address
   * @param {WorkerOptions} options
   */
  constructor(_address, options) {
    assert.equal(options.type, "module");
    workers.push(this);
  }

  /** @param {Message} message */
  postMessage(message) {
    if (message.kind === "run") this.waiting.push(message);
    else queueMicrotask(() => this.onmessage({ data: { id: message.id, sizes: { z: 2 } } }));
  }

  terminate() {
    this.isTerminated = true;
  }

  /** Answer all jobs, those too that come meanwhile; return how many samples each had. */
  async answerAll() {
    const counts = [];
    for (let job = this.waiting.shift(); job; job = this.waiting.shift()) {
      const { z } = job.feeds;
      counts.push(z.dims[0]);
      this.onmessage({ data: { id: job.id, outputs: { image: z } } });
      await settled();
    }
    return counts;
  }
}

/** Let all promises that can be settled do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

Object.assign(globalThis, { Worker: FakeWorker, document: { baseURI: "http://localhost/" } });

/** @param {number} count */
const latents = (count) => Float32Array.from({ length: 2 * count }, (_, k) => k);

/** @returns {Promise<[Engine, FakeWorker]>} */
async function openEngine() {
  const engine = await Engine.open({ runtime: "runtime/", generator: new ArrayBuffer(4) });
  return [engine, workers[0]];
}

/** @param {Promise<unknown>} promise */
const nameOfError = (promise) =>
  promise.then(
    () => "",
    (error) => error.name,
  );

beforeEach(() => {
  workers = [];
});

test("many samples run in pieces of eight and come whole", async () => {
  const [engine, worker] = await openEngine();
  const samples = engine.samples(latents(20), null);
  await settled();
  assert.deepEqual(await worker.answerAll(), [8, 8, 4]);
  assert.deepEqual(await samples, latents(20));
});

test("of urgent jobs only the newest of a channel runs, before all others", async () => {
  const [engine, worker] = await openEngine();
  const many = engine.samples(latents(40), null);
  const [first, second, third] = [1, 2, 3].map((count) => engine.samples(latents(count), null, 1, { urgent: true }));
  const other = engine.samples(latents(4), null, 1, { urgent: true, channel: "other" });
  assert.equal(await nameOfError(first), "Superseded");
  assert.equal(await nameOfError(second), "Superseded");
  assert.deepEqual(await worker.answerAll(), [8, 3, 4, 8, 8, 8, 8]);
  assert.deepEqual([(await third).length, (await other).length, (await many).length], [6, 8, 80]);
  assert.ok(new Superseded() instanceof Error);
});

test("a network of the same source is loaded once", async () => {
  const [engine] = await openEngine();
  const source = new ArrayBuffer(4);
  assert.equal(engine.load("other", source), engine.load("other", source));
  assert.deepEqual(await engine.load("other", source), { sizes: { z: 2 } });
});

test("a job that fails rejects, and the next one runs", async () => {
  const [engine, worker] = await openEngine();
  const jobs = [engine.samples(latents(1), null), engine.samples(latents(2), null)];
  await settled();
  const failing = worker.waiting.shift();
  worker.onmessage({ data: { id: failing?.id, error: "out of memory" } });
  await assert.rejects(jobs[0], /out of memory/);
  assert.deepEqual(await worker.answerAll(), [2]);
  assert.equal((await jobs[1]).length, 4);
});

test("closing ends all jobs, and no later one begins", async () => {
  const [engine, worker] = await openEngine();
  const jobs = [engine.samples(latents(10), null), engine.samples(latents(1), null, 1, { urgent: true })];
  engine.close();
  for (const job of jobs) await assert.rejects(job, /closed/);
  await assert.rejects(engine.samples(latents(1), null), /closed/);
  assert.ok(worker.isTerminated);
  assert.equal(engine.closedReason, "closed");
});

test("a worker that breaks closes the engine with its reason", async () => {
  const [engine, worker] = await openEngine();
  const job = engine.samples(latents(1), null);
  worker.onerror({ message: "broken" });
  await assert.rejects(job, /broken/);
  assert.equal(engine.closedReason, "broken");
});

test("pixels are rounded half to even and clamped, and grey is repeated", () => {
  assert.deepEqual(
    [...toPixels(Float32Array.of(-2, -1, 0, 1), [1, 2, 2])].filter((_, k) => k % 4 === 0),
    [0, 0, 128, 255],
  );
  assert.deepEqual([...toPixels(Float32Array.of(9, -1, 0, 1), [3, 1, 1], 1)], [0, 128, 255, 255]);
});

test("a network that the server draws with waits in the same queue, and the newest of a channel wins", async () => {
  const [engine] = await openEngine();
  /** @type {{ url: URL, rows: Float32Array, answer(pixels: number[]): void }[]} */
  const requests = [];
  globalThis.fetch = /** @type {typeof fetch} */ (
    (url, options) =>
      new Promise((resolve) => {
        const rows = new Float32Array(/** @type {ArrayBuffer} */ (options?.body));
        const answer = (/** @type {number[]} */ pixels) => resolve(new Response(Uint8Array.from(pixels)));
        requests.push({ url: /** @type {URL} */ (url), rows, answer });
      })
  );
  engine.loadRemote("main", "api/samples", { z_dim: 2, shape: [3, 1, 2] });
  const first = engine.samples(latents(1), new Float32Array([7]), 0.5, { urgent: true });
  const second = engine.samples(latents(1), new Float32Array([8]), 1, { urgent: true });
  const third = engine.samples(latents(1), new Float32Array([9]), 1, { urgent: true });
  assert.equal(await nameOfError(second), new Superseded().name);
  await settled();
  assert.equal(requests.length, 1);
  assert.equal(requests[0].url.href, "http://localhost/api/samples?psi=0.5");
  assert.deepEqual([...requests[0].rows], [0, 1, 7]);
  requests[0].answer([0, 255, 51, 255, 0, 51]);
  const x = [...(await first)].map((value) => Math.round(1000 * value) / 1000);
  assert.deepEqual(x, [-1, 1, 1, -1, -0.6, -0.6]);
  await settled();
  requests[1].answer([0, 0, 0, 0, 0, 0]);
  assert.equal((await third).length, 6);
});

test("further inputs come in rows or whole, in pieces of their own size, with a preview if there is one", async () => {
  const [engine, worker] = await openEngine();
  const style = Float32Array.from([0, 1, 2, 3, 4, 5]);
  const fixed = { data: new Float32Array([1]), dims: [1] };
  const samples = engine.samples(latents(3), null, 1, { rows: { style }, shared: { fixed }, piece: 2, preview: true });
  await settled();
  const jobs = [];
  for (let job = worker.waiting.shift(); job; job = worker.waiting.shift()) {
    jobs.push(job.feeds);
    const empty = { data: new Float32Array(), dims: [0] };
    worker.onmessage({ data: { id: job.id, outputs: { x: empty, preview: job.feeds.style } } });
    await settled();
  }
  assert.deepEqual(
    jobs.map((feeds) => [feeds.style.dims, [...feeds.style.data], feeds.fixed]),
    [
      [[2, 2], [0, 1, 2, 3], fixed],
      [[1, 2], [4, 5], fixed],
    ],
  );
  assert.deepEqual(await samples, style);
});
