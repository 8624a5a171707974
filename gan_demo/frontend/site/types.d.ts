/** site.json, which gan_demo/export/static_site.py writes: texts in every language, and the data of each component. */

import type { BrowserTrainingData, BrowserTrainingWords } from "../browser_training/types.js";
import type { Mark, PanelSpec } from "../curves/types.js";
import type { ExplorerData, ModelOffer } from "../explorer/types.js";
import type { FilmData, FilmTexts } from "../film/types.js";
import type { LabData } from "../lab/types.js";
import type { Columns, Texts } from "../shared/types.js";

export type SiteLanguage = string;
export type Theme = "light" | "dark";
export type TabName = "explore" | "training" | "lab" | "train";
export type ByLanguage<Value> = Record<SiteLanguage, Value>;

export interface SiteJson {
  title: ByLanguage<string>;
  /** The licence of a shipped model, or "". */
  licence: string;
  /** Sentences of i18n under "site.", without that prefix. */
  words: ByLanguage<Texts>;
  explorer: Omit<ExplorerData, "texts" | "language" | "models"> & {
    texts: ByLanguage<ExplorerData["texts"]>;
    models: (Omit<ModelOffer, "title"> & { title: ByLanguage<string> })[];
  };
  film: Omit<FilmData, "texts" | "language"> & { texts: ByLanguage<FilmTexts> };
  /** Not in pages of before. */
  lab?: Omit<LabData, "texts" | "language" | "curves"> & { texts: ByLanguage<Texts> };
  /** Presets that train here, and their words; not in pages of before. */
  trainings?: Omit<BrowserTrainingData, keyof BrowserTrainingWords>[];
  trainingWords?: ByLanguage<BrowserTrainingWords & { names: Texts }>;
  /** Sentences of the charts. */
  curves: ByLanguage<Texts>;
  columns: Columns;
  panels: ByLanguage<PanelSpec[]>;
  /** The changes of settings, the title of their list, and what a click on a step does; not in pages of before. */
  marks?: ByLanguage<Mark[]>;
  changes?: ByLanguage<string>;
  goTo?: ByLanguage<string>;
}
