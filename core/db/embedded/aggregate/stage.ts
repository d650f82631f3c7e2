import type { Document } from 'bson';

/** What a pipeline needs of the database around it. */
export interface PipelineContext {
  /** Another collection's documents that meet a filter, for `$lookup`. */
  collection(name: string): { scan(filter: Document): AsyncIterable<Document> };
  /** Lets others run if this has been running for long. */
  yieldIfLong(): Promise<void>;
  /** The reading of the clock that `$$NOW` gives. */
  at?: Date;
}

/** A compiled stage or pipeline. */
export type Run = (source: AsyncIterable<Document>, context: PipelineContext) => AsyncIterable<Document>;
