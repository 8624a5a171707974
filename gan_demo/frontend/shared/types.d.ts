/** Shapes that several components share. Only the type checker reads this file; browsers never load it. */

/** What Streamlit (st.components.v2) gives a component at every redraw. */
export interface ComponentArguments<Data> {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  /** Run the page's script with `value` as the trigger `name`; Streamlit ignores it inside forms. */
  setTriggerValue: (name: string, value: unknown) => void;
}

/** What a component's module exports; see ui/widgets.py. */
export interface ComponentModule<Data> {
  draw: (component: ComponentArguments<Data>) => void;
  clear: (parentElement: HTMLElement | ShadowRoot) => void;
}

/** Sentences of gan_demo/i18n, by key; `{name}` is filled by `fill` of format.mjs. */
export type Texts = Record<string, string>;

/** Templates of durations, for `duration` in format.mjs. */
export type Durations = Record<"seconds" | "minutes" | "hours" | "whole_minutes" | "whole_hours", string>;

/** The language of the page, as Intl understands it. */
export type Language = string;

/** One scalar of a run by row. NaN and infinity arrive as null. */
export type Column = (number | null)[];

/**
 * Rows of a run as columns of equal length; "step" is always there once a row is. The one column of lists is
 * "histogram" (samples per class), which bars.mjs reads as unknown values.
 */
export type Columns = Record<string, Column>;

/** A setting's value, as it stands in a run's configuration. */
export type SettingValue = string | number | boolean | null;
export type Settings = Record<string, SettingValue>;

/** A change of settings between two steps, or where a fork begins; runs/setting_changes.py. */
export interface SettingChange {
  step: number;
  seconds: number;
  was: Settings;
  now: Settings;
}

/** What the diagnosis says about a run's health; analysis/findings.py. */
export interface Finding {
  key: string;
  kind: "good" | "neutral" | "warning";
  step: number;
  /** The panel that shows the evidence, or "". */
  panel: string;
  from: number;
  to: number | null;
  /** Settings that would help; empty without a remedy. */
  remedy: Settings;
  /** What the remedy changes in words, by language. */
  changes: Texts;
  /** Which of the finding's sentences applies. */
  evidence: string;
  numbers: Record<string, number>;
}

export type RunStatus = "queued" | "running" | "paused" | "done" | "stopped" | "failed" | "interrupted";

export interface Progress {
  step: number;
  steps: number;
  images: number;
  seconds: number;
  images_per_second: number;
  /** Of training; null until the pace has settled. */
  seconds_left: number | null;
  /** Seconds of training at which the run ends, until they have become `steps`; else null. */
  budget: number | null;
  loading: { what: string; done: number; total: number } | null;
  /** What the last single update of a paused training did. */
  effect: UpdateEffect | null;
}

/** Answers of both networks to the same samples, before and after an update; training/evaluator.py. */
export interface UpdateEffect {
  order: "both" | "d" | "g";
  before: Record<"d_real" | "d_fake" | "d_loss" | "g_loss", number>;
  after: Record<"d_real" | "d_fake" | "d_loss" | "g_loss", number>;
  /** How far the samples have moved, as a share of the spread of real ones. */
  moved: number;
}

/** A poll of a class, as every viewer sees it; classroom/polls.py. */
export interface PollState {
  id: string;
  question: string;
  options: string[];
  /** Whether each option has settings that can be applied to the run. */
  can: boolean[];
  counts: number[];
  total: number;
  /** Indices of the options with the most votes. */
  winners: number[];
  open: boolean;
  /** A ready-made poll's question and options by language; empty if the teacher wrote it. */
  texts: Record<string, { question: string; options: string[] }>;
}

/** What a class can be shown; classroom/page_location.py. */
export interface PageLocation {
  page: "train" | "compare" | "explore" | "analyse" | "lab";
  query: Record<string, string>;
  /** The state of the explorer or the lab, with its "#"; or "". */
  hash: string;
}

/** A class that goes on; classroom/classes.py. */
export interface OpenClass {
  open: true;
  code: string;
  place: PageLocation;
  /** The step that the teacher shows, null for the newest. */
  at: number | null;
  highlight: number | null;
  /** The tab that pointed last. */
  by: string;
  watching: number;
  vote: PollState | null;
  lab: ClassLab;
}

/** The lab of a class; classroom/offers.py. */
export interface ClassLab {
  /** How often the teacher has handed out a lab. */
  handouts: number;
  /** Whether pupils may offer theirs. */
  offering: boolean;
  /** Grows with each change of the offers. */
  changes: number;
  /** The id of the offer on the board. */
  shown: string | null;
}

/** No class, or one that ended. */
export interface ClosedClass {
  open: false;
}

export type ClassState = OpenClass | ClosedClass;

/** One update of a run, server/live_channel.py: its new rows and grids, and in full all that is short. */
export interface RunUpdate {
  /** Changes when the server restarts or a resume deletes rows; `seq` counts within it. */
  epoch: string;
  seq: number;
  /** Whether `rows` and `grids` are a summary of the whole run that replaces what the viewer has. */
  reset: boolean;
  rows: Columns;
  /** Steps that have a sample grid. */
  grids: number[];
  status: RunStatus;
  /** In the queue; 0 outside it. */
  position: number;
  /** Other trainings that take turns with this one. */
  sharing: number;
  /** Whether they are so many that its owner does something else meanwhile. */
  crowded: boolean;
  /** Whether the data's shape and labels are known. */
  fitted: boolean;
  progress: Progress;
  checkpoints: number[];
  /** Steps with a saved training state, which a fork can start from. */
  states: number[];
  changes: SettingChange[];
  /** "RUN_ID@STEP" of a fork, else "". */
  parent: string;
  findings: Finding[];
  /** The ticket of the class that is shown this run by its owner, or "". */
  class: string;
}

/** The state of the connection to a run: by events, by polling, lost for now, or the run is deleted. */
export type ConnectionState = "live" | "polling" | "waiting" | "gone";

/** Finer rows of the stretch [from, to] of steps. */
export interface Detail {
  from: number;
  to: number;
  columns: Columns;
}
