/** The shapes that curves.mjs is given; boards/curves.py makes the panels. */

import type { Column, Columns, Detail, Language, Texts } from "../shared/types.js";

/** A stretch of the x axis. */
export type Stretch = [from: number, to: number];

export interface SeriesSpec {
  name: string;
  /** A short name at the line's end, for readers who cannot tell the colours apart. */
  tag?: string;
  /** An index of the theme's chart colours, or a CSS colour. */
  color: number | string;
  dash?: number[];
  /** The column of `data.columns` that fills it; or it brings its own values, and its own x if the panel has none. */
  column?: string;
  x?: Column;
  values?: Column;
}

export interface LinesSpec {
  id: string;
  kind: "lines";
  title: string;
  note?: string;
  /** The limits of the y axis. */
  range?: Readonly<Stretch> | null;
  /** Whether its own scale is logarithmic. */
  log?: boolean;
  /** CSS pixels. */
  height?: number;
  /** Whether its values are whole numbers, and whether its linear axis begins at zero. */
  whole?: boolean;
  from_zero?: boolean;
  /** Whether its values come from an evaluation of the samples, of which the step and the age are said. */
  measured?: boolean;
  /** Hidden while it is empty. */
  optional?: boolean;
  /** The x of all series that bring values. */
  x?: Column;
  series: SeriesSpec[];
}

export interface BarsSpec {
  id: string;
  kind: "bars";
  title: string;
  note?: string;
  optional?: boolean;
  measured?: boolean;
  /** A column of lists, of which the last up to the moment on show is drawn; or `values` are given. */
  column?: string;
  names?: string[];
  values?: number[];
}

export type PanelSpec = LinesSpec | BarsSpec;

/** Changes at a step: a dashed line with their number; a list beside the charts says the text. */
export interface Mark {
  number: number;
  step: number;
  text: string;
}

/** The evidence of a finding: a stretch of one panel, or of all. */
export interface Band {
  panel?: string;
  from: number;
  to: number | null;
  kind?: "good" | "neutral" | "warning";
}

export interface CurvesData {
  panels: PanelSpec[];
  /** `empty`, `smooth`, `scale`, `scale.fit`, …; see boards/curves.py. */
  texts: Texts;
  language: Language;
  /** Charts in a row. */
  across?: number;
  /** False hides the row of tools above the charts. */
  tools?: boolean;
  /** Strength of the smoothing, 0 to 1, instead of the viewer's own setting. */
  smooth?: number;
  columns?: Columns | null;
  /** The column along the x axis: "step" (default), "images" or "seconds". */
  axis?: string;
  /** Says a position on the x axis; without it, it is a step. */
  positionText?: (position: number) => string;
  /** The step on show elsewhere, as a vertical line; null for none. */
  at?: number | null;
  marks?: Mark[];
  bands?: Band[];
  /** The curves of the run that this one was forked from, faint. */
  parentCurves?: { columns: Columns; name: string } | null;
  detail?: Detail | null;
  /** How much larger than usual, for a projector. */
  scale?: number;
  /** The pointer came to marks of these numbers, or left them: []. */
  onMarks?: (numbers: number[]) => void;
  /** A chart was clicked. */
  onSeek?: (at: number) => void;
  /** The charts show a stretch, in which `points` rows lie; with null, null they show everything again. */
  onZoom?: (panel: string, from: number | null, to: number | null, points: number) => void;
}

/** Rows in which at least one curve has a value. */
export interface Rows {
  x: number[];
  curves: Column[];
}
