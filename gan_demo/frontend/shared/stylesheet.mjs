// @ts-check

/**
 * Link a style sheet in `host`, once; resolves when it is loaded.
 * @param {ParentNode} host
 * @param {string} address absolute
 * @returns {Promise<void>}
 */
export function loadStylesheet(host, address) {
  if ([...host.querySelectorAll("link")].some((link) => link.href === address)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(address));
    host.prepend(link);
  });
}
