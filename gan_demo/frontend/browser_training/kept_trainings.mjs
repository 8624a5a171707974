// @ts-check
/**
 * Trainings that the browser keeps, one of each preset, in IndexedDB. Where it may keep nothing, as in some private
 * windows, nothing is found again.
 * @import { KeptTraining } from "./types.js"
 */

const DATABASE = "gan_demo";
const STORE = "trainings";

/**
 * Return the training of a preset, or null.
 * @param {string} preset
 * @returns {Promise<KeptTraining | null>}
 */
export async function loadTraining(preset) {
  const training = await inStore("readonly", (store) => store.get(preset)).catch(() => null);
  return training ?? null;
}

/**
 * Keep the training of a preset; return whether the browser did.
 * @param {string} preset
 * @param {KeptTraining} training
 */
export async function keepTraining(preset, training) {
  return inStore("readwrite", (store) => store.put(training, preset)).then(
    () => true,
    () => false,
  );
}

/** @param {string} preset */
export async function forgetTraining(preset) {
  await inStore("readwrite", (store) => store.delete(preset)).catch(() => {});
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>} the request's result, once it is on disk
 */
async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
