// Shapes of latent arithmetic: what a formula consists of, and samples with what is read of them.
import type { LatentState } from "../types.js";

/**
 * What a formula can add or take away: a label field of the model or of the classifier, or a trait that is measured on
 * the pixels of a digit.
 */
export interface Attribute {
  name: string;
  values: readonly string[];
  /** Index in space.labels, or -1. */
  label: number;
  /** Index among the classifier's fields, or -1. */
  read: number;
  trait: boolean;
}

/** An attribute with the indices of its value in the result (`on`) and in the term that it replaces (`off`). */
export interface FormulaPart {
  name: string;
  on: number;
  off: number;
}

/** With p and without q, minus without either, plus without p and with q, gives with both. */
export interface Formula {
  p: FormulaPart;
  q: FormulaPart;
}

/** Values wanted of attributes: {name: index of the value}. */
export type Kind = Record<string, number>;

/** What is added up: z and labels, labels alone (with a's z), or z alone (with a's labels). */
export type Way = "both" | "labels" | "z";

/** A state with what the classifier reads in its sample ({name: index}) and the measures of its strokes. */
export interface ReadSample {
  state: LatentState;
  values: Record<string, number>;
  strokes: Record<string, number>;
}

/** How many results of a way have both attributes, the first and the second. */
export interface SuccessCount {
  all: number;
  p: number;
  q: number;
}

/** Progress of a measurement after `done` of `n` triples. */
export interface SuccessProgress {
  done: number;
  n: number;
  ways: Partial<Record<Way, SuccessCount>>;
  /** The share of random samples that are of the wanted kind, among `seen`; without labels only. */
  chance?: number;
  seen?: number;
}
