// Types of the diagnostics component.

/** What boards/diagnostics.py hands over. */
export interface DiagnosticsData {
  /** Lines on versions, device and perhaps a run, as the server knows them. */
  report: string;
  texts: Record<"copy" | "copied" | "not_copied" | "label", string>;
}

/** What the browser knows of itself. */
export interface BrowserFacts {
  userAgent: string;
  /** Width and height of the window in CSS pixels, and device pixels for each of them. */
  window: readonly [number, number, number];
  cookies: boolean;
  /** Whether the browser has each feature, by its name. */
  features: Readonly<Record<string, boolean>>;
}
