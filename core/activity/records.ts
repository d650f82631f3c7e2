import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import { canonicalJson } from '../trace/record.ts';

export const ACTIVITY_KEYS = 'activity_keys';

/** That a source's report was accepted: never twice under one id. */
export interface ActivityKey {
  /** Hash of source and id: uniqueness that no client leads, so that it holds on a sharded cluster too. */
  _id: string;
  bodyHash: string;
  at: Date;
}

export const activityKeySchema = new Schema<ActivityKey>(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false },
);

export function activityKey(source: string, id: string): string {
  return digest([source, id]);
}

export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}
