/** What boards/classroom.py gives to the components of class mode, and what the live board adds. */

import type { PageLocation, SettingValue } from "../shared/types.js";

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
  | "back"
  | "dismiss"
  | "elsewhere_analyse"
  | "elsewhere_compare"
  | "elsewhere_explore"
  | "elsewhere_lab"
  | "elsewhere_train"
  | "end"
  | "ended"
  | "follow"
  | "following"
  | "following_lab"
  | "fullscreen"
  | "lab_allow"
  | "lab_board"
  | "lab_cancel"
  | "lab_clear"
  | "lab_failed"
  | "lab_full"
  | "lab_hand_out"
  | "lab_handed"
  | "lab_handed_out"
  | "lab_hide"
  | "lab_mine"
  | "lab_name"
  | "lab_offers"
  | "lab_open"
  | "lab_open_teachers"
  | "lab_picture"
  | "lab_refuse"
  | "lab_remove"
  | "lab_send"
  | "lab_sent"
  | "lab_show"
  | "lab_soon"
  | "lab_unnamed"
  | "lab_what"
  | "leave"
  | "pause"
  | "present"
  | "present_escape"
  | "present_leave"
  | "quoted"
  | "region"
  | "reopen"
  | "resume"
  | "still"
  | "teaching"
  | "teaching_lab"
  | "vote_answered"
  | "vote_apply"
  | "vote_begins"
  | "vote_clear"
  | "vote_close"
  | "vote_failed"
  | "vote_late"
  | "vote_many"
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
  /** The ticket of this visitor's class, which they teach or attend; or "". */
  ticket: string;
  /** The key of the class's teacher; null in all other browsers. */
  presenterKey: string | null;
  /** The token with which this browser votes and is counted; "" for the teacher. */
  voter: string;
  /** What this page shows, if a class can be shown it. */
  place: PageLocation | null;
  /** The run's title, for the presenter view. */
  title: string;
  /** The address to type before the code. */
  join: string;
  templates: PollTemplate[];
  language: string;
  texts: ClassTexts;
}

/** The above with what a board knows. */
export interface StripData extends ClassroomData {
  /** The ticket of a class that is shown the run of this page, which the visitor may join; or "". */
  offered: string;
  /** What the viewer may do with the training. */
  control: "pause" | "resume" | null;
  /** Whether the result of a poll can be applied to what this page shows. */
  canApply: boolean;
}

/** What the teacher points at, as far as it changed; null for the newest step and for no sample. */
export interface PointingChanges {
  at?: number | null;
  highlight?: number | null;
  /** What the class is shown. */
  place?: PageLocation;
  open?: boolean;
}

/** A lab that a pupil offered; classroom/offers.py. */
export interface LabOffer {
  id: string;
  /** As the pupil typed it, or "". */
  name: string;
  /** The lab's address from its "#". */
  hash: string;
  /** A small JPEG in base64, or "". */
  picture: string;
}

/** What the server answers of the offers: all for the teacher alone, and the one on the board. */
export interface LabOffers {
  offers: LabOffer[];
  shown: LabOffer | null;
}

/** The dialog with the class's link: boards/classroom.py, `share_data`. */
export interface ShareData {
  /** The QR code of the link. */
  svg: string;
  link: string;
  /** The address to type before the code. */
  address: string;
  code: string;
  /** The address of the presenter view; "" where the page has none. */
  presenter: string;
  /** A sentence about the address, or "". */
  note: string;
  texts: Record<"qr" | "type" | "copy" | "copied" | "not_copied" | "present", string>;
}
