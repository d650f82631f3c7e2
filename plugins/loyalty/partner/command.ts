import type { Actor } from '../../../core/access/actor.ts';
import type { KeyClaim } from '../../../core/idempotency/idempotency.ts';
import type { MerchantRecord } from '../merchant/model.ts';
import type { Outcome } from '../store/batch-queue.ts';
import type { KeyedItem } from '../store/keyed-batches.ts';
import type { PostingRequest } from '../store/posting.ts';
import type { PartnerAnswer } from './decide.ts';
import type { PartnerRedemptionRecord, RedemptionTokenRecord } from './model.ts';
import type { ReserveBody } from './shapes.ts';

export interface ReserveCommand {
  readonly type: 'reserve';
  /** Hash of the token in the body. */
  readonly tokenId: string;
  readonly body: ReserveBody;
  /** The merchant's reference, as a key that is good once. */
  readonly referenceClaim: KeyClaim;
}

export type ChangeCommand =
  | { readonly type: 'confirm' | 'cancel' | 'time-out'; readonly id: string }
  | { readonly type: 'refund'; readonly id: string; readonly points?: number | undefined };

export type PartnerCommand = ReserveCommand | ChangeCommand;

export interface PartnerItem extends KeyedItem {
  readonly actor: Actor;
  /** Whose reservations it may touch, by the credential; absent for the platform's own jobs. */
  readonly merchantCode?: string;
  readonly command: PartnerCommand;
}

/** What is asked of the ledger for an item that nothing else speaks against, and what is written once it is granted. */
export interface Wanted {
  readonly request: PostingRequest;
  /** Absent for a reservation. */
  readonly before?: PartnerRedemptionRecord;
  readonly after: PartnerRedemptionRecord;
  readonly merchant: MerchantRecord;
  readonly token?: RedemptionTokenRecord;
  readonly perClientMax?: number | undefined;
}

export type Plan = Wanted | { readonly outcome: Outcome<PartnerAnswer> };

export function isWanted(plan: Plan): plan is Wanted {
  return 'request' in plan;
}
