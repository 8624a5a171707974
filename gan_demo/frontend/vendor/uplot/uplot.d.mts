/** Types of the part of uPlot 1.6.32 that curves/ uses; written for this project. */

/** The x values, then one list of equal length for each series; null where a series has no value. */
export type PlotTable = [number[], ...(number | null)[][]];

export interface Axis {
  stroke: () => string;
  font: string;
  gap: number;
  size: number | ((plot: uPlot, texts: string[] | null) => number);
  /** The distances that its lines may have. */
  incrs?: number[];
  ticks: { show: boolean };
  grid: {
    stroke: () => string;
    width: number;
    filter?: (plot: uPlot, splits: number[]) => (number | null)[];
  };
  values: (plot: uPlot, splits: (number | null)[]) => string[];
}

export interface Scale {
  time?: boolean;
  /** 1: linear, 3: logarithmic, 4: arcsinh. */
  distr?: 1 | 3 | 4;
  /** Below it the arcsinh scale is linear. */
  asinh?: number;
  range?: (plot: uPlot, min: number, max: number) => readonly [number, number];
}

export interface PlotSeries {
  show?: boolean;
  stroke?: () => string;
  width?: number;
  dash?: number[];
  spanGaps?: boolean;
  points?: { show: () => boolean; size: number };
  pxAlign?: number;
}

export interface PlotOptions {
  width: number;
  height: number;
  legend: { show: boolean };
  padding: [number, number, number, number];
  scales: { x: Scale; y: Scale };
  cursor: {
    drag: { x: boolean; y: boolean; setScale: boolean; dist: number };
    points: { size: number };
    dataIdx: (plot: uPlot, series: number, index: number, position: number) => number | null;
    sync: {
      key: string;
      scales: [string, null];
      setSeries: boolean;
      filters: { pub: (type: string) => boolean };
    };
  };
  axes: Axis[];
  series: PlotSeries[];
  hooks: Record<"setCursor" | "setSelect" | "draw", ((plot: uPlot) => void)[]>;
}

export default class uPlot {
  constructor(options: PlotOptions, data: PlotTable, target: HTMLElement);
  static rangeLog(min: number, max: number, base: number, fullMagnitudes: boolean): [number, number];

  /** Elements above and below the canvas, as large as the area of the lines. */
  readonly over: HTMLDivElement;
  readonly under: HTMLDivElement;
  readonly width: number;
  readonly height: number;
  readonly data: PlotTable;
  readonly series: PlotSeries[];
  /** Pixels within `over`, negative while the mouse is outside; the index of the row there, and of each series. */
  readonly cursor: { left: number; top: number; idx: number | null | undefined; idxs: (number | null)[] };
  readonly select: { left: number; top: number; width: number; height: number };

  posToVal(pixels: number, scale: "x" | "y"): number;
  valToPos(value: number, scale: "x" | "y"): number;
  batch(actions: () => void): void;
  setData(data: PlotTable, resetScales: boolean): void;
  setScale(scale: "x" | "y", limits: { min: number; max: number }): void;
  setSeries(index: number, options: { show: boolean }): void;
  setSize(size: { width: number; height: number }): void;
  setCursor(position: { left: number; top: number }): void;
  setSelect(select: { left: number; top: number; width: number; height: number }, fireHook: boolean): void;
  destroy(): void;
}
