// @ts-check
// What a bug report should say of a browser: its name and version, its window, and the features that the app asks for.

/** @import { BrowserFacts } from "./types.d.ts" */

// the smallest module with an instruction of 128 bits: (func (result v128) i32.const 0 i8x16.splat)
const SIMD_MODULE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];
const H264 = { codec: "avc1.42001f", width: 640, height: 640 };

/**
 * Collect the facts. Nothing in them identifies a person; nothing is sent anywhere.
 * @returns {Promise<BrowserFacts>}
 */
export async function browserFacts() {
  return {
    userAgent: navigator.userAgent,
    window: [innerWidth, innerHeight, devicePixelRatio],
    cookies: navigator.cookieEnabled,
    features: {
      WebGL: hasContext("webgl"),
      WebGL2: hasContext("webgl2"),
      WebAssembly: typeof WebAssembly === "object",
      "WebAssembly SIMD": typeof WebAssembly === "object" && WebAssembly.validate(Uint8Array.from(SIMD_MODULE)),
      VideoEncoder: typeof VideoEncoder === "function",
      "H.264": await encodesH264(),
      OffscreenCanvas: typeof OffscreenCanvas === "function",
      EventSource: typeof EventSource === "function",
      "folder uploads": "webkitdirectory" in document.createElement("input"),
    },
  };
}

/**
 * Write the facts as lines of plain English text, to follow the server's.
 * @param {BrowserFacts} facts
 * @returns {string}
 */
export function describe({ userAgent, window: [width, height, ratio], cookies, features }) {
  const names = Object.keys(features);
  const supported = names.filter((name) => features[name]);
  const missing = names.filter((name) => !features[name]);
  return [
    `Browser: ${userAgent}`,
    `Window: ${width} × ${height} pixels, ratio ${Math.round(ratio * 100) / 100}; cookies ${cookies ? "on" : "off"}`,
    `Has: ${supported.join(", ") || "none of the features below"}`,
    `Lacks: ${missing.join(", ") || "nothing that the app asks for"}`,
  ].join("\n");
}

/**
 * @param {string} kind
 * @returns {boolean}
 */
function hasContext(kind) {
  const context = document.createElement("canvas").getContext(kind);
  if (!context) return false;
  // there are few of them
  /** @type {WebGLRenderingContext} */ (context).getExtension("WEBGL_lose_context")?.loseContext();
  return true;
}

/** @returns {Promise<boolean>} */
async function encodesH264() {
  if (typeof VideoEncoder !== "function") return false;
  try {
    return Boolean((await VideoEncoder.isConfigSupported(H264)).supported);
  } catch {
    return false; // a browser that does not know the codec's name refuses the question
  }
}
