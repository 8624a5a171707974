// @ts-check
/**
 * Count the bytes of the next fetch of an address by others, such as a runtime that fetches its WebAssembly. That fetch
 * stays as it is, so that the browser can cache the compiled code; a copy of the response is counted.
 * @param {string} address
 * @param {(bytes: number) => void} onBytes called with the bytes so far
 */
export function countFetched(address, onBytes) {
  const original = self.fetch;
  self.fetch = async (request, ...rest) => {
    const response = await original(request, ...rest);
    if ((request instanceof Request ? request.url : String(request)) !== address) return response;
    self.fetch = original;
    if (response.ok) count(response.clone(), onBytes);
    return response;
  };
}

/**
 * @param {Response} copy
 * @param {(bytes: number) => void} onBytes
 */
async function count(copy, onBytes) {
  let bytes = 0;
  const reader = copy.body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      bytes += part.value.length;
      onBytes(bytes);
    }
  } catch {
    return; // who reads the response itself says what went wrong
  }
}
