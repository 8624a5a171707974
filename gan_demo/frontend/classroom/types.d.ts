/** What boards/classroom.py gives to the components of class mode, and what the live board adds. */

import type { ClassState, SettingValue } from "../shared/types.js";

/** Sentences of i18n under "class.strip.", without that prefix. */
export type ClassTexts = Record<
  | "alone"
  | "ask"
  | "ask_add"
  | "ask_answer"
  | "ask_cancel"
  | "ask_failed"
  | "ask_incomplete"
  | "ask_question"
  | "ask_remove"
  | "ask_start"
  | "ask_templates"
  | "end"
  | "follow"
  | "following"
  | "fullscreen"
  | "leave"
  | "moved"
  | "present"
  | "present_escape"
  | "present_leave"
  | "quoted"
  | "region"
  | "teaching"
  | "vote_answered"
  | "vote_apply"
  | "vote_begins"
  | "vote_clear"
  | "vote_close"
  | "vote_failed"
  | "vote_late"
  | "vote_nobody"
  | "vote_tap"
  | "vote_tie"
  | "vote_won"
  | "watching"
  | "watching_one"
  | "window",
  string
>;

/** Settings that an option of a poll would change: values, or factors of the values in effect. */
export type PollSettings = Record<string, SettingValue | { times: number }>;

/** An option as the form sends it; without settings it only has a text. */
export interface PollOption {
  text: string;
  settings?: PollSettings;
}

/** A ready-made poll. */
export interface PollTemplate {
  name: string;
  question: string;
  options: Required<PollOption>[];
}

/** What the form sends to start a poll. */
export interface PollRequest {
  question: string;
  options: PollOption[];
}

/** What the page gives to the strip: boards/classroom.py, `data`. */
export interface ClassroomData {
  /** The key of the run's teacher; null in all other browsers. */
  presenterKey: string | null;
  /** The run's title, for the presenter view. */
  title: string;
  /** The address to type before the code. */
  join: string;
  templates: PollTemplate[];
  texts: ClassTexts;
}

/** The above with what the live board knows: the run and its class. */
export interface StripData extends ClassroomData {
  class: ClassState;
  run: string;
  language: string;
}

/** What the teacher points at, as far as it changed; null for the newest step and for no sample. */
export interface PointingChanges {
  at?: number | null;
  highlight?: number | null;
  open?: boolean;
}

/** The dialog with the class's link: boards/classroom.py, `share_data`. */
export interface ShareData {
  /** The QR code of the link. */
  svg: string;
  link: string;
  /** The address to type before the code. */
  address: string;
  code: string;
  /** The address of the presenter view. */
  presenter: string;
  /** A sentence about the address, or "". */
  note: string;
  texts: Record<"qr" | "type" | "copy" | "copied" | "not_copied" | "present", string>;
}
