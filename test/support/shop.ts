import { journeyClients } from '../journeys/clients.ts';
import type { Actor } from '../../core/access/actor.ts';
import { systemActor } from '../../core/access/actor.ts';
import { approvalService } from '../../core/approval/service.ts';
import { isRefused } from '../../core/catalog/outcome.ts';
import { catalogService } from '../../core/catalog/service.ts';
import type { CustomerInput } from '../../core/customer/customer-input.ts';
import { customerService } from '../../core/customer/service.ts';
import { documentService } from '../../core/document/service.ts';
import type { CoreHost } from '../../core/plugin/host.ts';
import type { Host, PluginFactory } from '../../core/plugin/contract.ts';
import type { PriceRowInput } from '../../core/pricing/input.ts';
import type { RatingInput } from '../../core/risk/token.ts';
import { Schema } from 'mongoose';
import { collectionOf } from '../../core/db/collection.ts';
import { rating } from './catalog.ts';

export const MAKER: Actor = systemActor('shop-maker');
export const CHECKER: Actor = systemActor('shop-checker');

export interface ShopProduct {
  readonly code: string;
  readonly kind?: 'terminal-column' | 'trading-service';
  readonly level?: RatingInput['level'];
  readonly prices: readonly PriceRowInput[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Clients of every outcome, and so many more of C5 as asked for. */
export async function welcomeClients(host: CoreHost, more = 0): Promise<void> {
  const clients = journeyClients(host.clock.now());
  const able = clients.find(({ customerNo }) => customerNo === 'C5')!;
  const named = (customerNo: string, changes: Partial<CustomerInput> = {}): CustomerInput => ({
    ...able,
    customerNo,
    externalId: `shop-${customerNo}`,
    ...changes,
  });
  const customers = host.service(customerService);
  const crowd = Array.from({ length: more }, (_, index) => named(`CROWD-${index}`));
  await customers.upsert(MAKER, [...clients, named('GOLD', { tier: 'GOLD' }), ...crowd]);
}

/** Products on sale on the app, by two people. */
export async function sell(host: CoreHost, products: readonly ShopProduct[]): Promise<void> {
  const catalog = host.service(catalogService);
  const known = (await catalog.tree('categories')).find(({ code }) => code === 'shop');
  const name = { zh: '商店', en: 'Shop' };
  const created = known ? undefined : await catalog.createNode(MAKER, 'categories', { code: 'shop', name });
  if (created && isRefused(created)) throw new Error('no category');
  const categoryId = known?._id ?? created!.node._id;
  const { approvalIds, refused } = await catalog.importProducts(
    MAKER,
    products.map(({ code, kind = 'terminal-column', level = 'R2', prices, attributes }) => ({
      code,
      kind,
      content: {
        name: { zh: `产品 ${code}`, en: `Product ${code}` },
        categoryId,
        attributes: {
          ...(kind === 'terminal-column'
            ? { columnCode: code.replace(/-/g, '_'), terminals: ['PC'], opinion: false }
            : { markets: ['SH'] }),
          ...attributes,
        },
      },
      prices: [...prices],
      rating: rating(level, host.clock.now()),
    })),
    { submitBecause: 'for the shop' },
  );
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  await approveAll(host, approvalIds);
  const ids = [];
  for (const { code } of products) ids.push((await catalog.productByCode(code))!._id);
  const listed = await catalog.proposeListing(MAKER, ids, [{ channel: 'APP' }], 'for the shop');
  await approveAll(host, listed.approvalIds);
}

export async function publishDocument(host: CoreHost, code: string): Promise<string> {
  const text = { zh: `${code} 正文`, en: `Text of ${code}` };
  const input = { code, kind: 'AGREEMENT', title: text, text, askAgain: true, reason: 'new' } as const;
  const { approvalId, documentId } = await host.service(documentService).propose(MAKER, input);
  await approveAll(host, [approvalId]);
  return documentId;
}

export async function approveAll(host: CoreHost, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const outcome = await host.service(approvalService).decide(CHECKER, id, { decision: 'APPROVE' });
    if (!outcome.ok) throw new Error(`${id}: ${outcome.refusal.code}`);
  }
}

interface Purse {
  _id: string;
  available: number;
  held: number;
}

const PURSES = 'purse_accounts';
const CALLS = 'purse_gateway_calls';
const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;

export interface GatewayCall {
  _id: string;
  amountMinor: number;
  calls: number;
}

/**
 * A plugin with a purse of points for each client, and a payment gateway that remembers by reference what it captured.
 * `afterCapture` runs when the gateway has captured and before anybody is told.
 */
export function purse(afterCapture: () => Promise<void> | void = () => {}): PluginFactory {
  const purses = (host: Host) => collectionOf<Purse>(host, PURSES);
  const calls = (host: Host) => collectionOf<GatewayCall>(host, CALLS);
  const remember = async (host: Host, ref: string, amountMinor: number) => {
    const update = { $setOnInsert: { amountMinor }, $inc: { calls: 1 } };
    await calls(host).updateOne({ _id: ref }, update, { upsert: true });
  };
  return () => ({
    name: 'purse',
    version: '1.0.0',
    requires: {},
    models: [
      {
        name: PURSES,
        schema: new Schema<Purse>({ _id: text, available: number, held: number }) as never,
        shardKey: { _id: 1 },
        retention: 'test',
      },
      {
        name: CALLS,
        schema: new Schema<GatewayCall>({ _id: text, amountMinor: number, calls: number }) as never,
        shardKey: { _id: 1 },
        retention: 'test',
      },
    ],
    paymentMethods: [
      {
        code: 'PURSE',
        title: { zh: '积分', en: 'Points' },
        currencies: ['POINTS'],
        external: false,
        worthMinor: 1,
        reserve: async (tx, leg, host) => {
          const moved = await purses(host).updateOne(
            { _id: leg.partyId, available: { $gte: leg.amountMinor } },
            { $inc: { available: -leg.amountMinor, held: leg.amountMinor } },
            { session: tx.session },
          );
          return moved.matchedCount === 1
            ? { reserved: true, ref: `held:${leg.ref}` }
            : {
                reserved: false,
                reason: { code: 'PURSE_EMPTY', text: { zh: '积分不足', en: 'Not enough points' } },
              };
        },
        confirm: async (tx, leg, host) => {
          await purses(host).updateOne(
            { _id: leg.partyId },
            { $inc: { held: -leg.amountMinor } },
            { session: tx.session },
          );
        },
        cancel: async (tx, leg, host) => {
          await purses(host).updateOne(
            { _id: leg.partyId },
            { $inc: { held: -leg.amountMinor, available: leg.amountMinor } },
            { session: tx.session },
          );
        },
        refund: async (tx, leg, amountMinor, host) => {
          await purses(host).updateOne(
            { _id: leg.partyId },
            { $inc: { available: amountMinor } },
            { session: tx.session },
          );
        },
      },
      {
        code: 'GATEWAY',
        title: { zh: '网关', en: 'Gateway' },
        currencies: ['CNY'],
        external: true,
        capture: async (leg, _attempt, host) => {
          await remember(host, leg.ref, leg.amountMinor);
          await afterCapture();
          return 'OK';
        },
        refund: async (_leg, amountMinor, { ref }, host) => {
          await remember(host, ref, amountMinor);
          return 'OK';
        },
        lookup: async (ref, host) => ((await calls(host).findOne({ _id: ref })) ? 'CAPTURED' : 'NONE'),
      },
    ],
  });
}

/** A client's points, and what the gateway was asked. */
export function purseOf(host: CoreHost) {
  return {
    put: async (customerNo: string, available: number) => {
      const { id } = (await host.service(customerService).factsOf(customerNo, host.clock.now()))!;
      const replacement = { available, held: 0 };
      await collectionOf<Purse>(host.database, PURSES).replaceOne({ _id: id }, replacement, { upsert: true });
    },
    of: async (customerNo: string) => {
      const { id } = (await host.service(customerService).factsOf(customerNo, host.clock.now()))!;
      const { available, held } = (await collectionOf<Purse>(host.database, PURSES).findOne({ _id: id }))!;
      return [available, held];
    },
    captures: () =>
      collectionOf<GatewayCall>(host.database, CALLS)
        .find({}, { sort: { _id: 1 } })
        .toArray(),
  };
}
