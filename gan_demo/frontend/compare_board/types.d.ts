/** What boards/compare_board.py gives to the compare board. */

import type { Durations, Texts } from "../shared/types.js";

/** A column along the x axis. */
export type Axis = "step" | "seconds" | "images";

export interface RunSpec {
  id: string;
  letter: string;
  /** An index of the theme's chart colours. */
  color: number;
  name: string;
  /** Whether its samples are images, and not plots of points. */
  pixelated: boolean;
  /** The address of the run's page. */
  link: string;
}

/** A chart with a curve of every run. */
export interface MetricSpec {
  column: string;
  title: string;
  note: string;
  log: boolean;
  /** Whether its values are whole numbers, and whether its linear axis begins at zero. */
  whole: boolean;
  from_zero: boolean;
  /** The limits of the y axis. */
  range: [from: number, to: number] | null;
}

/** Sentences of i18n under "compare.", without that prefix; `step` and `images` say a position on that axis. */
export interface CompareTexts
  extends Record<"scrub" | "play" | "pause" | "alt" | "gone" | "waiting" | "step" | "images", string> {
  /** Sentences of i18n under "time.", for a position in seconds. */
  duration: Durations;
}

export interface CompareData {
  runs: RunSpec[];
  metrics: MetricSpec[];
  axis: Axis;
  /** Charts in a row. */
  across: number;
  texts: CompareTexts;
  /** Sentences of the charts. */
  curves: Texts;
  language: string;
}
