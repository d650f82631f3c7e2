import { createHash } from 'node:crypto';
import { catalogService } from '../catalog/service.ts';
import { suitabilityProduct } from '../catalog/suitability-product.ts';
import { decisionClient } from '../customer/decision-client.ts';
import type { ClientReach } from '../customer/reach.ts';
import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { ruleService } from '../rule/service.ts';
import { decide, type Decision } from '../suitability/decide.ts';
import type { SuitabilityProduct } from '../suitability/facts.ts';
import { suitabilityService } from '../suitability/service.ts';
import { addDays } from '../time/business-day.ts';
import { marketingHeads, undisturbed } from './consents.ts';
import {
  MARKETING_CONSENT,
  consentHolds,
  decideOutreach,
  countersUsed,
  type OutreachAsk,
  type RefusalCode,
} from './decide.ts';
import { loadOutreachPolicy, type OutreachPolicy } from './policy.ts';
import { OUTREACH, type ConsentHead, type CounterRecord, type PermitRecord } from './records.ts';

export const OUTREACH_POLICY = 'outreach-policy';

/** A message that somebody wants to send. */
export interface OutreachMessage extends OutreachAsk {
  /** What the asker calls it; one reference is one message for good. */
  readonly ref: string;
  /** What messages are counted by, e.g. the issue. */
  readonly group?: string;
}

export interface Permit {
  readonly id: string;
  readonly expiresAt: Date;
}

export type PermitAnswer =
  | { readonly permitted: true; readonly permit: Permit }
  | { readonly permitted: false; readonly code: RefusalCode; readonly notBefore?: Date };

/** Messages decided in one transaction at most. */
export const MESSAGES_MAX = 200;
const COUNTERS_KEPT_DAYS = 40;

/** Our id of a message: the same for the same asker and reference, and it says nothing of the client. */
export function messageId(owner: string, ref: string): string {
  return createHash('sha256').update(`${owner}\n${ref}`).digest('base64url').slice(0, 24);
}

/**
 * Decides messages in the asker's transaction, in the order given: suitability, consent, personalisation,
 * do-not-disturb, hours and limits. Limits are counted in the same transaction, so they hold over all processes. A
 * permit that ran out unused is given anew to the same reference; one that was used never is.
 */
export async function permitMessages(
  host: Host,
  tx: Tx,
  owner: string,
  messages: readonly OutreachMessage[],
): Promise<PermitAnswer[]> {
  if (messages.length > MESSAGES_MAX)
    throw new Error(`At most ${MESSAGES_MAX} messages are permitted at once.`);
  const scene = await setScene(host, tx, owner, messages);
  const answers: PermitAnswer[] = [];
  const given: PermitRecord[] = [];
  for (const message of messages) {
    const record = scene.decide(message);
    if ('code' in record) answers.push({ permitted: false, ...record });
    else {
      given.push(record);
      answers.push({ permitted: true, permit: { id: record._id, expiresAt: record.expiresAt } });
    }
  }
  await writePermits(host, tx, given);
  await writeCounters(host, tx, scene.used);
  for (const { _id, ref, partyId, productId, purpose, because } of given)
    tx.trace({
      action: 'outreach.permitted',
      subject: { type: 'Message', id: _id },
      partyId,
      details: { owner, ref, purpose, productId: productId ?? null, because },
    });
  return answers;
}

interface Scene {
  readonly used: ReadonlyMap<string, number>;
  decide(message: OutreachMessage): PermitRecord | { readonly code: RefusalCode; readonly notBefore?: Date };
}

async function setScene(
  host: Host,
  tx: Tx,
  owner: string,
  messages: readonly OutreachMessage[],
): Promise<Scene> {
  const { version, data } = host.service(ruleService).current(OUTREACH_POLICY);
  const policy = loadOutreachPolicy(data);
  const gateways = new Map(host.declared('gateways').map((gateway) => [gateway.code, gateway]));
  const partyIds = [...new Set(messages.map(({ partyId }) => partyId))];
  const clients = await host.service(customerService).reachOf(partyIds, tx.at, tx);
  const heads = await marketingHeads(host, tx, partyIds);
  const phones = [...clients.values()].flatMap(({ phone }) => phone ?? []);
  const silent = await undisturbed(host, tx, phones);
  const products = await productsFor(host, messages, tx.at);
  const ids = messages.map(({ ref }) => messageId(owner, ref));
  const before = await permitsBefore(host, tx, ids);
  const counted = await readCounters(host, tx, messages, clients, policy);
  const used = new Map<string, number>();
  const taken = new Set<string>();
  const decide = (message: OutreachMessage): ReturnType<Scene['decide']> => {
    const _id = messageId(owner, message.ref);
    const earlier = before.get(_id);
    const unused = earlier?.state === 'PERMITTED' && earlier.expiresAt <= tx.at;
    if (taken.has(_id) || (earlier && !unused)) return { code: 'OUTREACH_REPEATED' };
    const client = clients.get(message.partyId);
    const judged = judge(host, message, client, products, tx.at);
    const decision = decideOutreach(
      message,
      {
        ...(gateways.has(message.gateway) ? { gateway: gateways.get(message.gateway)! } : {}),
        ...(client?.phone === undefined ? {} : { number: client.phone }),
        personalisation: client?.facts.personalisation ?? false,
        consents: consentsOf(client, heads.get(message.partyId)),
        doNotDisturb: client?.phone !== undefined && silent.has(client.phone),
        recommendable: judged.recommendable,
        counted: (key) => (counted.get(key) ?? 0) + (used.get(key) ?? 0),
      },
      policy,
      tx.at,
    );
    if (!decision.permitted) {
      const { code, notBefore } = decision;
      return { code, ...(notBefore ? { notBefore } : {}) };
    }
    taken.add(_id);
    for (const { key } of decision.counters) used.set(key, (used.get(key) ?? 0) + 1);
    return toRecord(_id, owner, message, tx.at, policy, {
      outreachPolicy: version,
      ...(judged.decision
        ? { suitabilityPolicy: judged.decision.policyVersion, evidenceIds: [...judged.decision.evidenceIds] }
        : {}),
      ...(message.purpose === 'MARKETING' ? { consent: consentEvidence(message.partyId, heads) } : {}),
    });
  };
  return { used, decide };
}

function toRecord(
  _id: string,
  owner: string,
  message: OutreachMessage,
  at: Date,
  { permitMinutes }: OutreachPolicy,
  because: PermitRecord['because'],
): PermitRecord {
  const { ref, group, partyId, productId, gateway, purpose } = message;
  return {
    _id,
    owner,
    ref,
    ...(group === undefined ? {} : { group }),
    partyId,
    ...(productId === undefined ? {} : { productId }),
    gateway,
    purpose,
    state: 'PERMITTED',
    permittedAt: at,
    expiresAt: new Date(at.getTime() + permitMinutes * 60_000),
    because,
  };
}

function consentsOf(client: ClientReach | undefined, head: ConsentHead | undefined): ReadonlySet<string> {
  const imported = client?.consents.find(({ code }) => code === MARKETING_CONSENT);
  return new Set(consentHolds(imported, head) ? [MARKETING_CONSENT] : []);
}

function consentEvidence(partyId: string, heads: ReadonlyMap<string, ConsentHead>): string {
  const head = heads.get(partyId);
  return head ? `${MARKETING_CONSENT}:${head.no}` : `${MARKETING_CONSENT}:imported`;
}

interface ProductView {
  readonly facts: SuitabilityProduct;
  readonly onShow: boolean;
}

async function productsFor(
  host: Host,
  messages: readonly OutreachMessage[],
  at: Date,
): Promise<ReadonlyMap<string, ProductView>> {
  const ids = [...new Set(messages.flatMap(({ productId }) => productId ?? []))];
  if (ids.length === 0) return new Map();
  const catalog = host.service(catalogService);
  const views = new Map<string, ProductView>();
  for (const [id, product] of await catalog.productsAt(ids, at)) {
    const { kind, version, channels, sale } = product;
    if (!kind || !version || sale === 'SUSPENDED' || sale === 'ARCHIVED') continue;
    views.set(id, {
      onShow: channels.some(({ listing, visible }) => listing.channel === 'SMS' && visible),
      facts: suitabilityProduct(product, kind, version),
    });
  }
  return views;
}

/** Only a MATCH may be recommended; what marketing speaks of must also be on show. */
function judge(
  host: Host,
  { productId, purpose }: OutreachMessage,
  client: ClientReach | undefined,
  products: ReadonlyMap<string, ProductView>,
  at: Date,
): { readonly recommendable: boolean; readonly decision?: Decision } {
  if (productId === undefined) return { recommendable: true };
  const product = products.get(productId);
  if (!product || !client) return { recommendable: false };
  const policy = host.service(suitabilityService).policy();
  const decision = decide(policy, decisionClient(client.facts), product.facts, { at, channel: 'SMS' });
  return { recommendable: decision.recommendable && (purpose !== 'MARKETING' || product.onShow), decision };
}

async function permitsBefore(
  host: Host,
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PermitRecord>> {
  const found = await collectionOf<PermitRecord>(host, OUTREACH.permits)
    .find({ _id: { $in: [...ids] } }, { session: tx.session })
    .toArray();
  return new Map(found.map((permit) => [permit._id, permit]));
}

async function writePermits(host: Host, tx: Tx, permits: readonly PermitRecord[]): Promise<void> {
  if (permits.length === 0) return;
  await collectionOf<PermitRecord>(host, OUTREACH.permits).bulkWrite(
    permits.map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id }, replacement, upsert: true },
    })),
    { session: tx.session },
  );
}

/** Counters that the messages could use, as of this transaction. */
async function readCounters(
  host: Host,
  tx: Tx,
  messages: readonly OutreachMessage[],
  clients: ReadonlyMap<string, ClientReach>,
  policy: OutreachPolicy,
): Promise<ReadonlyMap<string, number>> {
  const keys = new Set(
    messages.flatMap((message) => {
      const number = clients.get(message.partyId)?.phone;
      return number === undefined ? [] : countersUsed(message, number, policy, tx.at).map(({ key }) => key);
    }),
  );
  const found = await collectionOf<CounterRecord>(host, OUTREACH.counters)
    .find({ _id: { $in: [...keys] } }, { session: tx.session })
    .toArray();
  return new Map(found.map(({ _id, count }) => [_id, count]));
}

async function writeCounters(host: Host, tx: Tx, used: ReadonlyMap<string, number>): Promise<void> {
  for (const [_id, count] of used)
    await collectionOf<CounterRecord>(host, OUTREACH.counters).updateOne(
      { _id },
      { $inc: { count }, $setOnInsert: { removeAt: addDays(tx.at, COUNTERS_KEPT_DAYS) } },
      { session: tx.session, upsert: true },
    );
}
