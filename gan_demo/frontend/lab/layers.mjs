// @ts-check
/** Layers of the stage, in the order in which they are drawn. */

export const LAYERS = ["surface", "density", "warp", "real", "fake", "trails", "arrows"];
export const DEFAULT_LAYERS = ["surface", "real", "fake"];
