import type mongoose from 'mongoose';
import type { Model } from 'mongoose';

/** Whatever hands out declared models: the database, or the host of a feature. */
export interface ModelSource {
  model<T>(name: string): Model<T>;
}

/**
 * The driver's collection of a declared model: for conditional updates and bulk writes of plain data, without
 * mongoose's casting in between.
 */
export function collectionOf<T extends { _id: string | number }>(
  source: ModelSource,
  name: string,
): mongoose.mongo.Collection<T> {
  return source.model<T>(name).collection as unknown as mongoose.mongo.Collection<T>;
}
