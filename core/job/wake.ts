/**
 * Tells workers that there may be work. It carries no truth: the records in the database do, and workers also look by
 * themselves each second, so a lost wake only delays.
 */
export interface JobWaker {
  /** Connects where there is something to connect to; refuses within a time limit where that does not answer. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Never throws and never waits. */
  wake(): void;
  /** @returns how to stop listening */
  onWake(listener: () => void): () => void;
}
