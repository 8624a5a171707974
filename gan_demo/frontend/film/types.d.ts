/** What boards/film.py gives to the film, and what the board that shows it adds. */

/** Geometry of a sheet of samples, in its own pixels: see gan_demo/pictures/sheet_layout.py. */
export interface SheetLayout {
  columns: number;
  width: number;
  height: number;
  gap: number;
  count: number;
}

/** Why a part of an explanation is missing. */
export type MissingReason = "no_state" | "no_data" | "private";

/** Sentences of i18n under "film.", without that prefix. */
export interface FilmTexts extends Record<`explain_${MissingReason}`, string> {
  alt: string;
  compare: string;
  compare_help: string;
  compare_hint: string;
  compare_leave: string;
  divider: string;
  explain_close: string;
  explain_copied: string;
  explain_distance: string;
  explain_failed: string;
  explain_first: string;
  explain_gone: string;
  explain_history: string;
  explain_key_fakes: string;
  explain_key_real: string;
  explain_key_this: string;
  explain_made: string;
  explain_moved: string;
  explain_nearest: string;
  explain_older: string;
  explain_own: string;
  explain_rank: string;
  explain_real: string;
  explain_relative: string;
  explain_strip: string;
  explain_this: string;
  explain_training: string;
  explain_verdict: string;
  live: string;
  pause: string;
  pick: string;
  pick_hint: string;
  play: string;
  sample: string;
  scrub: string;
  step: string;
  to_live: string;
  /** The word for each value of each label field; "" for a value that is not worth saying. */
  labels: Record<string, Record<string, string>>;
}

/** A tick on the scrubber. */
export interface FilmMark {
  step: number;
  text: string;
}

export interface FilmData {
  run: string;
  /** The steps whose sheets are kept, in ascending order. */
  steps: number[];
  /** Whether the run still trains. */
  live?: boolean;
  autoplay?: boolean;
  /** A small film without comparison and explanations. */
  compact?: boolean;
  /** The largest width of the picture, in CSS pixels. */
  most?: number;
  pixelated?: boolean;
  language: string;
  texts: FilmTexts;
  /** Changes when the run was trained anew, so that its sheets are fetched again. */
  version?: string;
  /** Without a layout (a plot of points) there are no samples to select. */
  sheet?: SheetLayout | null;
  /** Whether a click on a sample opens its explanation. */
  explain?: boolean;
  /** The sample to ring because somebody points at it. */
  highlight?: number | null;
  marks?: FilmMark[];
  /** Called when another step is shown; `byHand` says that the viewer moved there. */
  onGo?: (step: number, isNewest: boolean, byHand: boolean) => void;
  /** Called when a sample of the sheet at `step` is selected; null for none. */
  onPick?: (step: number, index: number | null) => void;
}

/** The answer of GET api/runs/RUN/explain/STEP/INDEX: see gan_demo/explorer/sample_explanation.py. */
export interface SampleExplanation {
  /** The value of each label field. */
  label: [field: string, value: string][];
  /** The address of the sample's image. */
  sample: string;
  verdict: Verdict | null;
  why_no_verdict: MissingReason;
  nearest: NearestImage | null;
  why_no_nearest: MissingReason;
  /** The sample on earlier sheets, oldest first; the last is the sample itself. */
  history: { step: number; image: string; moved: number | null }[];
}

/** Discriminator outputs as shares: 0 is surely generated, 1 surely real. */
export interface Verdict {
  /** The step of the discriminator. */
  step: number;
  /** The step of the sample. */
  of: number;
  share: number;
  real: number;
  fakes: number;
  rank: number;
  count: number;
  relative: boolean;
}

/** The training image nearest to the sample; distances are shares of black to white. */
export interface NearestImage {
  image: string;
  label: [field: string, value: string][];
  distance: number;
  usual: number;
  copied: boolean;
  among: number;
}
