// @ts-check
/**
 * The runtime and the images of a training, with progress.
 * @import { BrowserTrainingData } from "./types.js"
 */
import { checkSupport } from "../shared/browser_support.mjs";
import { fetchPacked } from "../shared/packed_files.mjs";
import { fromCore } from "../trainer/core_settings.mjs";
import { fetchImages } from "../trainer/data/images.mjs";
import { graphsOf, serverGraphs } from "../trainer/graphs.mjs";
import { Trainer } from "../trainer/trainer.mjs";

const RUNTIME_MEGABYTES = 4; // as it comes

/**
 * Start a trainer, and load the images. Throws Unsupported.
 * @param {BrowserTrainingData} data
 * @param {(share: number) => void} onProgress called with the share (0 to 1) that has come
 */
export async function loadTrainer({ urls, settings, megabytes, bytes }, onProgress) {
  checkSupport(Boolean(urls.wasm));
  const shares = { runtime: 0, images: 0 };
  /** @type {(part: keyof typeof shares) => (share: number) => void} */
  const counted = (part) => (share) => {
    shares[part] = share;
    const { runtime, images } = shares;
    onProgress((runtime * RUNTIME_MEGABYTES + images * (megabytes - RUNTIME_MEGABYTES)) / megabytes);
  };
  const [trainer, images] = await Promise.all([
    createTrainer(urls, settings, counted("runtime")),
    fetchImages(urls.images, counted("images"), bytes),
  ]);
  return { trainer, images };
}

/**
 * @param {BrowserTrainingData["urls"]} urls
 * @param {BrowserTrainingData["settings"]} settings
 * @param {(share: number) => void} onProgress
 */
async function createTrainer({ runtime, wasm, graphs }, settings, onProgress) {
  const packed = wasm ? await fetchPacked(wasm, onProgress) : null;
  const source = wasm ? graphsOf(graphs, fromCore(settings)) : serverGraphs(graphs);
  return Trainer.create({ runtime, wasm: packed, graphs: source, onProgress });
}
