import { Schema } from 'mongoose';
import type { Signature } from '../approval/records.ts';

export const SWITCHES = 'switches';

/** A switch that somebody placed: what stops, why, by whom; kept for good when it is lifted. */
export interface SwitchRecord {
  _id: string;
  /** Declared code, e.g. `sales`. */
  code: string;
  /** Which one of it, e.g. a product's code; absent where the switch stops all of it. */
  ref?: string;
  reason: string;
  placed: Signature;
  lifted?: Signature;
  /** Why it was lifted. */
  liftedBecause?: string;
  /** Set while it stops something; found by a partial index, cleared once. */
  active?: true;
}

const signature = { id: { type: String, required: true }, name: String, at: { type: Date, required: true } };

export const switchSchema = new Schema<SwitchRecord>(
  {
    _id: { type: String, required: true },
    code: { type: String, required: true },
    ref: String,
    reason: { type: String, required: true },
    placed: { type: signature, required: true, _id: false },
    lifted: { type: signature, _id: false },
    liftedBecause: String,
    active: Boolean,
  },
  { versionKey: false },
)
  .index({ active: 1 }, { partialFilterExpression: { active: true } })
  .index({ 'placed.at': -1 });
