/** What boards/live_board.py gives to the live board. */

import type { ClassroomData } from "../classroom/types.js";
import type { PanelSpec } from "../curves/types.js";
import type { FilmData } from "../film/types.js";
import type { Durations, RunStatus, Texts } from "../shared/types.js";

/** What the page around the board depends on. */
export interface PageState {
  status: RunStatus;
  /** In the queue; 0 outside it. */
  position: number;
  /** Whether the data's shape and labels are known. */
  fitted: boolean;
  /** Whether the owner is offered something else meanwhile, as many trainings take turns. */
  crowded: boolean;
}

/** Sentences of i18n under "live." and "time.", without these prefixes. */
export interface LiveBoardTexts
  extends Record<
    | "more"
    | "progress"
    | "preparing"
    | "reconnecting"
    | "gone"
    | "pace"
    | "pace_begin"
    | "pace_unknown"
    | "turns_one"
    | "turns"
    | "was"
    | "was_begin"
    | "evaluation"
    | "change"
    | "forked"
    | "and"
    | "changed_to"
    | "changes"
    | "fork"
    | "fork_note"
    | "fork_newest"
    | "fork_before"
    | "fork_first"
    | "go_to"
    | "effect_both"
    | "effect_d"
    | "effect_g"
    | "now"
    | "parent"
    | keyof Durations
    | "on"
    | "off",
    string
  > {
  /** What is loaded, by its name. */
  loading: Texts;
  /** The settings that 0 switches off. */
  off_at_zero: string[];
  /** The names of settings. */
  changed: Texts;
  /** The words for the values of settings, by the setting's name. */
  choices: Record<string, Texts>;
}

export interface LiveBoardData extends PageState {
  run: string;
  /** The step in the page's address, to begin at; null for the newest. */
  step: number | null;
  /** Whether this browser owns the run. */
  mine: boolean;
  mayFork: boolean;
  /** Panels of charts: those beside the film, and those below. */
  panels: PanelSpec[];
  more: PanelSpec[];
  /** The part of the film's data that stays the same. */
  film: Pick<FilmData, "most" | "pixelated" | "sheet" | "explain" | "texts">;
  /** Sentences of the charts. */
  curves: Texts;
  /** Sentences of the findings, by the finding's key. */
  findings: Record<string, Texts>;
  texts: LiveBoardTexts;
  classroom: ClassroomData;
  language: string;
}
