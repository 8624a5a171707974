// A style sheet in `host`, once; resolves when it holds.
export function linked(host, address) {
  if ([...host.querySelectorAll("link")].some((one) => one.href === address)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, {
      rel: "stylesheet",
      href: address,
      onload: resolve,
      onerror: () => reject(new Error(address)),
    });
    host.prepend(link);
  });
}
