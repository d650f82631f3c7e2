import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { idempotencyService } from '../../../core/idempotency/idempotency.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { MERCHANTS, type MerchantRecord } from '../merchant/model.ts';
import type { PartnerItem } from './command.ts';
import {
  PARTNER_REDEMPTIONS,
  REDEMPTION_TOKENS,
  type PartnerRedemptionRecord,
  type RedemptionTokenRecord,
} from './model.ts';

/** Everything that the items of one transaction are decided on, each collection read once. */
export interface Scene {
  readonly merchants: ReadonlyMap<string, MerchantRecord>;
  readonly tokens: ReadonlyMap<string, RedemptionTokenRecord>;
  readonly redemptions: ReadonlyMap<string, PartnerRedemptionRecord>;
  /** Claims of references that are taken. */
  readonly references: ReadonlySet<string>;
}

export async function loadScene(host: Host, tx: Tx, items: readonly PartnerItem[]): Promise<Scene> {
  const reserves = items.flatMap(({ command }) => (command.type === 'reserve' ? [command] : []));
  const changes = items.flatMap(({ command }) => (command.type === 'reserve' ? [] : [command.id]));
  const redemptions = await byId<PartnerRedemptionRecord>(host, tx, PARTNER_REDEMPTIONS, changes);
  const merchants = [
    ...items.flatMap(({ merchantCode }) => merchantCode ?? []),
    ...[...redemptions.values()].map(({ merchantCode }) => merchantCode),
  ];
  const claims = reserves.map(({ referenceClaim }) => referenceClaim);
  return {
    redemptions,
    merchants: await byId<MerchantRecord>(host, tx, MERCHANTS, merchants),
    tokens: await byId<RedemptionTokenRecord>(
      host,
      tx,
      REDEMPTION_TOKENS,
      reserves.map(({ tokenId }) => tokenId),
    ),
    // A reference that is taken between this look and the commit ends the transaction, and all is decided anew.
    references: new Set(
      claims.length === 0 ? [] : (await host.service(idempotencyService).recorded(claims)).keys(),
    ),
  };
}

async function byId<T extends { readonly _id: string }>(
  host: Host,
  tx: Tx,
  name: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, T>> {
  if (ids.length === 0) return new Map();
  const found = await collectionOf<T>(host, name)
    .find({ _id: { $in: [...new Set(ids)] } } as never, { session: tx.session })
    .toArray();
  return new Map(found.map((record) => [record._id as string, record as T]));
}
