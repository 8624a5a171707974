// Types of the component that adds to Streamlit's page what Streamlit leaves out.

/** What ui/main.py hands over. */
export interface PageData {
  /** The language of the page, as in the attribute lang. */
  language: string;
  /** The language that the page's address says on every page; "" where it says none. */
  addressLanguage: string;
  /** What screen readers call a region that is wider than the page. */
  scrolls: string;
  /** Streamlit's own words, English or as another language of the page left them, and the page's for each. */
  names: Readonly<Record<string, string>>;
  /** The same for words around a part that stays, which is "{}" in both. */
  patterns: readonly (readonly [string, string])[];
}
