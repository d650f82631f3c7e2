import { systemActor, type Actor } from '../../../core/access/actor.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { notFound, PlatformError } from '../../../core/errors.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../../../core/graphql/connection.ts';
import { idempotencyService, type KeyClaim } from '../../../core/idempotency/idempotency.ts';
import type { Host, JobRun, Reason } from '../../../core/plugin/contract.ts';
import { serviceToken } from '../../../core/plugin/service.ts';
import type { Quota } from '../../../core/quota/quota.ts';
import type { RedemptionState } from '../ledger/command.ts';
import { setStock, stockOf } from '../merchant/goods.ts';
import { merchantService } from '../merchant/service.ts';
import { PointTypes } from '../policy.ts';
import { postIn } from '../store/posting.ts';
import type { ChangeCommand } from './command.ts';
import type { PartnerAnswer } from './decide.ts';
import { replayWebhook, webhooksOf } from './deliver.ts';
import { PartnerDesk } from './desk.ts';
import { PARTNER_REDEMPTIONS, type PartnerRedemptionRecord, type WebhookRecord } from './model.ts';
import type { ReserveBody } from './shapes.ts';
import {
  insertToken,
  issueToken,
  tokenId,
  withdrawConsent,
  type IssuedToken,
  type TokenAsk,
} from './token.ts';

/** Points by which sandbox merchants try things: a type of its own, worth nothing and spent nowhere else. */
export const SANDBOX_POINTS = 'SANDBOX';

export interface RedemptionFilter {
  readonly merchantCode?: string | undefined;
  readonly partyId?: string | undefined;
  readonly state?: RedemptionState | undefined;
}

const EXPIRED_AT_ONCE = 100;
const EXPIRY_ACTOR = systemActor('partner-expiry');

/** Redemptions at merchants (兑换): what partners ask for over /partner/v1, and what staff see of it. */
export class PartnerService {
  readonly #host: Host;
  readonly #desk: PartnerDesk;

  constructor(host: Host) {
    this.#host = host;
    this.#desk = new PartnerDesk(host);
  }

  /** A key is one merchant's for good, whatever it was used for: with any other request it is refused. */
  claim(actor: Actor, key: string, body: unknown): KeyClaim {
    return this.#host.service(idempotencyService).claim(actor, { operation: 'partner', key, body });
  }

  /** Whether a key was answered before. */
  async isRepeat(claim: KeyClaim): Promise<boolean> {
    return (await this.#host.service(idempotencyService).recorded([claim])).size > 0;
  }

  /**
   * Holds points, and goods where they are named. The actor is the merchant.
   * @throws SWITCHED_OFF, SWITCHES_UNCONFIRMED, BUSY (503); IDEMPOTENCY_KEY_REUSED (422)
   */
  reserve(actor: Actor, key: string, body: ReserveBody): Promise<PartnerAnswer> {
    const referenceClaim = this.#host
      .service(idempotencyService)
      .claim(actor, { operation: 'partner.reference', key: body.reference, body: null });
    return this.#desk.do({
      actor,
      merchantCode: actor.id,
      claim: this.claim(actor, key, { reserve: body }),
      command: { type: 'reserve', tokenId: tokenId(body.token), body, referenceClaim },
    });
  }

  /** Confirms, cancels or refunds; works whatever a switch says. @throws NOT_FOUND, BUSY, IDEMPOTENCY_KEY_REUSED */
  change(actor: Actor, key: string, command: ChangeCommand): Promise<PartnerAnswer> {
    const claim = this.claim(actor, key, command);
    return this.#desk.do({ actor, merchantCode: actor.id, claim, command });
  }

  /** Releases every hold that has run out by the run's instant: points, goods and all. */
  async expireHolds({ at, signal }: Pick<JobRun, 'at' | 'signal'>): Promise<void> {
    for (let last = ''; !signal.aborted;) {
      const over = await this.#redemptions
        .find({ state: 'RESERVED', expiresAt: { $lte: at }, _id: { $gt: last } })
        .sort({ _id: 1 })
        .limit(EXPIRED_AT_ONCE)
        .toArray();
      if (over.length === 0) return;
      await Promise.all(
        over.map(({ _id }) => this.#desk.do({ actor: EXPIRY_ACTOR, command: { type: 'time-out', id: _id } })),
      );
      last = over.at(-1)!._id;
    }
  }

  /** A token of a sandbox merchant's invented client, who is given the points. @throws NOT_FOUND for other merchants */
  async sandboxToken(actor: Actor, key: string, points: number): Promise<IssuedToken> {
    const merchant = await this.#host.service(merchantService).find(actor.id);
    if (!merchant?.sandbox)
      throw new PlatformError('NOT_FOUND', 'Only sandbox merchants make tokens; clients give you theirs.', {
        status: 404,
      });
    const types = new PointTypes(this.#host);
    const keyed = { operation: 'partner', key, body: { sandboxToken: points } };
    const { result } = await this.#host.service(idempotencyService).once(actor, keyed, async (tx) => {
      const partyId = `sandbox:${actor.id}`;
      const cause = { type: 'sandbox', id: key, ruleId: 'sandbox', ruleVersion: 1 };
      const request = {
        command: { type: 'earn', points, cause } as const,
        account: { partyId, pointType: SANDBOX_POINTS },
        actor,
      };
      const [given] = await postIn(this.#host, tx, [request], (type) => types.get(type));
      if (!given!.posted)
        throw new PlatformError(
          'BALANCE_LIMIT',
          'The invented client has too many points. Spend some first.',
          {
            status: 409,
          },
        );
      const { token, expiresAt } = await insertToken(this.#host, tx, {
        merchantCode: actor.id,
        partyId,
        pseudonym: 'c_sandbox',
        pointType: SANDBOX_POINTS,
        pointsMax: points,
        channel: 'APP',
      });
      return { token, expiresAt: expiresAt.toISOString() };
    });
    return { token: result.token, expiresAt: new Date(result.expiresAt) };
  }

  /** For the client, at a touchpoint. @throws CUSTOMER_UNKNOWN, AMOUNT_INVALID */
  issueToken(actor: Actor, ask: TokenAsk): Promise<IssuedToken | { readonly refused: Reason }> {
    return issueToken(this.#host, actor, ask);
  }

  withdrawConsent(actor: Actor, who: Pick<TokenAsk, 'customerNo' | 'merchantCode'>): Promise<boolean> {
    return withdrawConsent(this.#host, actor, who);
  }

  /** @throws NOT_FOUND, QUOTA_BELOW_TAKEN, AMOUNT_INVALID */
  setStock(actor: Actor, code: string, total: number): Promise<Quota> {
    return setStock(this.#host, actor, code, total);
  }

  /** @throws NOT_FOUND */
  stockOf(code: string): Promise<Quota | undefined> {
    return stockOf(this.#host, code);
  }

  /** @throws NOT_FOUND */
  replayWebhook(actor: Actor, webhookId: string): Promise<WebhookRecord> {
    return replayWebhook(this.#host, actor, webhookId);
  }

  webhooksOf(redemptionId: string): Promise<WebhookRecord[]> {
    return webhooksOf(this.#host, redemptionId);
  }

  /** @throws NOT_FOUND, for what belongs to another merchant too */
  async byReference(merchantCode: string, reference: string): Promise<PartnerRedemptionRecord> {
    const found = await this.#redemptions.findOne({ merchantCode, reference });
    if (!found) throw notFound('reservation', reference.slice(0, 64));
    return found;
  }

  async byId(id: string): Promise<PartnerRedemptionRecord | undefined> {
    return (await this.#redemptions.findOne({ _id: id })) ?? undefined;
  }

  /** Newest first, for display; what must be handed on is told by webhooks. */
  async list(
    filter: RedemptionFilter,
    { first, after }: PageArgs,
  ): Promise<Connection<PartnerRedemptionRecord>> {
    const { merchantCode, partyId, state } = filter;
    const found = await this.#redemptions
      .find({
        ...(merchantCode === undefined ? {} : { merchantCode }),
        ...(partyId === undefined ? {} : { partyId }),
        ...(state === undefined ? {} : { state }),
        ...afterTimeCursor('reservedAt', readTimeCursor(after)),
      } as never)
      .sort({ reservedAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, ({ reservedAt }) => reservedAt);
  }

  get #redemptions() {
    return collectionOf<PartnerRedemptionRecord>(this.#host, PARTNER_REDEMPTIONS);
  }
}

export const partnerService = serviceToken<PartnerService>('loyalty', 'partner');
