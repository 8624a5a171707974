/** A generator at a step of a run. */
export interface Checkpoint {
  /** The run's id. */
  id: string;
  /** The run's title; "" for the run on show. */
  title: string;
  /** null for uploaded weights. */
  step: number | null;
  /** The address of the generator. */
  source: string;
}
