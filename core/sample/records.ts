import { Schema } from 'mongoose';

export const SAMPLE_LOADS = 'sample_loads';

/** One part of the sample firm: when its loading began, and that it is done. `_id` = name of the part. */
export interface SampleLoad {
  _id: string;
  /** Shanghai date to which all dates of the sample are relative; of the first attempt, kept when it is resumed. */
  loadedOn: string;
  doneAt?: Date;
}

export const sampleLoadSchema = new Schema<SampleLoad>(
  { _id: { type: String, required: true }, loadedOn: { type: String, required: true }, doneAt: Date },
  { versionKey: false },
);
