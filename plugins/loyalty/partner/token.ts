import { createHash } from 'node:crypto';
import type { Actor } from '../../../core/access/actor.ts';
import type { Channel } from '../../../core/catalog/records.ts';
import { customerService } from '../../../core/customer/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { isDuplicateKey, type Tx } from '../../../core/db/database.ts';
import { PlatformError } from '../../../core/errors.ts';
import { newId, newSecret } from '../../../core/ids.ts';
import type { Host, Reason } from '../../../core/plugin/contract.ts';
import { switchService } from '../../../core/switch/service.ts';
import { refuseBadPoints } from '../ledger/points.ts';
import { MERCHANT_CLIENTS, type MerchantClientRecord, type MerchantRecord } from '../merchant/model.ts';
import { merchantService } from '../merchant/service.ts';
import { DEFAULT_POINT_TYPE } from '../policy.ts';
import { REDEMPTION_TOKENS, type RedemptionTokenRecord } from './model.ts';

export const TOKEN_LIFE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

export interface TokenAsk {
  readonly customerNo: string;
  readonly merchantCode: string;
  readonly maxPoints: number;
  readonly channel: Channel;
  /** The client agreed, at this touchpoint, that the merchant gets to know them under a name of its own. */
  readonly consent: boolean;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * A one-time token by which a client lets a merchant take points, once and within ten minutes. Only its hash is kept.
 * @throws CUSTOMER_UNKNOWN, AMOUNT_INVALID
 */
export async function issueToken(
  host: Host,
  actor: Actor,
  ask: TokenAsk,
): Promise<IssuedToken | { readonly refused: Reason }> {
  refuseBadPoints(ask.maxPoints, 'maxPoints');
  const stopped = await host
    .service(switchService)
    .refusalOf([{ code: 'redemption' }, { code: 'merchant', ref: ask.merchantCode }]);
  if (stopped) return { refused: stopped };
  try {
    return await host.transact(actor, (tx) => issueIn(host, tx, ask));
  } catch (error) {
    // The client's first token for this merchant, twice at once: now there is a name for them.
    if (isDuplicateKey(error)) return host.transact(actor, (tx) => issueIn(host, tx, ask));
    throw error;
  }
}

async function issueIn(host: Host, tx: Tx, ask: TokenAsk): Promise<IssuedToken | { refused: Reason }> {
  const facts = await host.service(customerService).factsOf(ask.customerNo, tx.at, tx);
  if (!facts)
    throw new PlatformError('CUSTOMER_UNKNOWN', 'There is no client with this number. Check customerNo.', {
      status: 404,
    });
  const merchant = await host.service(merchantService).find(ask.merchantCode, tx);
  const onRecord = facts.consents.includes(`merchant:${ask.merchantCode}`);
  const client = await clientOf(host, tx, ask.merchantCode, facts.id);
  const consented = onRecord || (client !== undefined && client.withdrawnAt === undefined);
  const against = tokenRefusal(merchant, ask, consented);
  if (against) {
    tx.trace({
      action: 'redemption.token-refused',
      subject: { type: 'Merchant', id: ask.merchantCode.slice(0, 32) },
      partyId: facts.id,
      details: { code: against.code },
    });
    return { refused: against };
  }
  const known = client && consented ? client : await agreed(host, tx, ask, facts.id, client);
  const issued = await insertToken(host, tx, {
    merchantCode: ask.merchantCode,
    partyId: facts.id,
    pseudonym: known.pseudonym,
    pointType: DEFAULT_POINT_TYPE,
    pointsMax: ask.maxPoints,
    channel: ask.channel,
  });
  tx.trace({
    action: 'redemption.token-issued',
    subject: { type: 'Merchant', id: ask.merchantCode },
    partyId: facts.id,
    details: { pointsMax: ask.maxPoints, consentBy: known.consentBy, consentedAt: known.consentedAt },
  });
  return issued;
}

export async function insertToken(
  host: Host,
  tx: Tx,
  terms: Pick<
    RedemptionTokenRecord,
    'merchantCode' | 'partyId' | 'pseudonym' | 'pointType' | 'pointsMax' | 'channel'
  >,
): Promise<IssuedToken> {
  const token = `rt_${newSecret()}`;
  const expiresAt = new Date(tx.at.getTime() + TOKEN_LIFE_MS);
  const removeAt = new Date(tx.at.getTime() + DAY_MS);
  await collectionOf<RedemptionTokenRecord>(host, REDEMPTION_TOKENS).insertOne(
    { _id: tokenId(token), ...terms, expiresAt, removeAt },
    { session: tx.session },
  );
  return { token, expiresAt };
}

/** By what a token is known here. */
export function tokenId(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64url');
}

function tokenRefusal(
  merchant: MerchantRecord | undefined,
  { merchantCode, maxPoints, consent }: TokenAsk,
  consented: boolean,
): Reason | undefined {
  // A sandbox merchant has clients of its own and never gets one of the firm's.
  if (merchant?.state !== 'ACTIVE' || merchant.sandbox)
    return {
      code: 'MERCHANT_UNKNOWN',
      text: {
        zh: `没有可兑换的合作商户“${merchantCode.slice(0, 32)}”。`,
        en: `There is no merchant "${merchantCode.slice(0, 32)}" at which points can be redeemed.`,
      },
    };
  if (!consent && !consented)
    return {
      code: 'CONSENT_MISSING',
      text: {
        zh: '客户尚未同意该商户获知其兑换身份。请先征得同意，再以 consent: true 申请。',
        en: 'The client has not agreed that this merchant gets to know them. Ask the client, then say consent: true.',
      },
    };
  if (maxPoints > merchant.pointsMax)
    return {
      code: 'POINTS_ABOVE_LIMIT',
      text: {
        zh: `该商户单笔最多兑换 ${merchant.pointsMax} 积分。`,
        en: `One redemption at this merchant takes at most ${merchant.pointsMax} points.`,
      },
    };
  return undefined;
}

async function clientOf(
  host: Host,
  tx: Tx,
  merchantCode: string,
  partyId: string,
): Promise<MerchantClientRecord | undefined> {
  const found = await collectionOf<MerchantClientRecord>(host, MERCHANT_CLIENTS).findOne(
    { _id: `${merchantCode}:${partyId}` },
    { session: tx.session },
  );
  return found ?? undefined;
}

/**
 * The client agrees, for the first time or again. The name by which the merchant knows them is drawn at random the first
 * time and stays: nothing leads from it to another merchant's.
 */
async function agreed(
  host: Host,
  tx: Tx,
  { merchantCode, channel, consent }: TokenAsk,
  partyId: string,
  before: MerchantClientRecord | undefined,
): Promise<MerchantClientRecord> {
  const client: MerchantClientRecord = {
    _id: `${merchantCode}:${partyId}`,
    merchantCode,
    partyId,
    pseudonym: before?.pseudonym ?? `c_${newId()}`,
    consentedAt: tx.at,
    consentBy: consent ? channel : 'ON_RECORD',
  };
  const clients = collectionOf<MerchantClientRecord>(host, MERCHANT_CLIENTS);
  if (before) await clients.replaceOne({ _id: client._id }, client, { session: tx.session });
  else await clients.insertOne(client, { session: tx.session });
  return client;
}

/**
 * The client no longer agrees: no further token without asking again. What was redeemed stays as it is.
 * @returns false where they never agreed, or took it back before
 */
export async function withdrawConsent(
  host: Host,
  actor: Actor,
  { customerNo, merchantCode }: Pick<TokenAsk, 'customerNo' | 'merchantCode'>,
): Promise<boolean> {
  const partyId = (await host.service(customerService).partyIds([customerNo])).get(customerNo);
  return host.transact(actor, async (tx) => {
    const { modifiedCount } = await collectionOf<MerchantClientRecord>(host, MERCHANT_CLIENTS).updateOne(
      { _id: `${merchantCode}:${partyId ?? ''}`, withdrawnAt: { $exists: false } } as never,
      { $set: { withdrawnAt: tx.at } },
      { session: tx.session },
    );
    tx.trace({
      action: 'redemption.consent-withdrawn',
      subject: { type: 'Merchant', id: merchantCode.slice(0, 32) },
      ...(partyId === undefined ? {} : { partyId }),
      details: { withdrawn: modifiedCount === 1 },
    });
    return modifiedCount === 1;
  });
}
