import type { KeyObject } from 'node:crypto';
import type { Actor } from '../../../core/access/actor.ts';
import { approvalService } from '../../../core/approval/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { notFound } from '../../../core/errors.ts';
import type { RuleProblem } from '../../../core/explain/rule-data.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { serviceToken } from '../../../core/plugin/service.ts';
import { webhookUrlProblem } from './address.ts';
import { MERCHANT_SUBJECT } from './approval.ts';
import { merchantOfKey, merchantProblems, publicKeyOf } from './merchant.ts';
import { MERCHANTS, type MerchantRecord } from './model.ts';
import { SecretBox } from './secrets.ts';

/** While a merchant changes to a new secret, what it receives is signed with both. */
const SECRETS_MAX = 2;

export type MerchantProposed =
  { readonly approvalId: string } | { readonly problems: readonly RuleProblem[] };

/** Merchants (合作商户): made and changed by two people, known by the keys that they sign with. */
export class MerchantService {
  readonly #host: Host;
  readonly #secrets: SecretBox;

  constructor(host: Host) {
    this.#host = host;
    this.#secrets = new SecretBox(host.config);
  }

  /** Puts a merchant, whole, before a second person: a new one, or one as it shall be from then on. */
  async propose(actor: Actor, terms: unknown, reason: string): Promise<MerchantProposed> {
    const { code } = terms as { code?: unknown };
    const before = typeof code === 'string' ? await this.find(code) : undefined;
    const production = this.#host.config.mode === 'production';
    const problems = merchantProblems(terms, before, (url) => webhookUrlProblem(url, production));
    if (problems.length > 0) return { problems };
    const approvalId = await this.#host.transact(actor, (tx) =>
      this.#host.service(approvalService).propose(tx, {
        type: MERCHANT_SUBJECT,
        subjectIds: [code as string],
        change: terms as Record<string, unknown>,
        reason,
        expectedRevisions: { [code as string]: before?.rev ?? 0 },
      }),
    );
    return { approvalId };
  }

  /**
   * A new secret for the merchant's webhooks, shown this once; the one before stays good beside it until the next.
   * @throws NOT_FOUND
   */
  async newWebhookSecret(actor: Actor, code: string): Promise<string> {
    const secret = this.#secrets.draw();
    const sealed = this.#secrets.seal(code, secret);
    await this.#host.transact(actor, async (tx) => {
      const merchant = await this.find(code, tx);
      if (!merchant) throw notFound('merchant', code);
      const webhookSecrets = [sealed, ...merchant.webhookSecrets].slice(0, SECRETS_MAX);
      await this.#merchants.updateOne({ _id: code }, { $set: { webhookSecrets } }, { session: tx.session });
      tx.trace({ action: 'merchant.webhook-secret-drawn', subject: { type: 'Merchant', id: code } });
    });
    return secret;
  }

  /** The secrets that webhooks to a merchant are signed with, the newest first. */
  secretsOf({ _id, webhookSecrets }: MerchantRecord): readonly string[] {
    return webhookSecrets.map((sealed) => this.#secrets.open(_id, sealed));
  }

  /** Who signs with a key, while it may be used; a closed merchant still ends what it began. */
  async signer(keyId: string): Promise<{ readonly publicKey: KeyObject; readonly actor: Actor } | undefined> {
    const merchant = await this.find(merchantOfKey(keyId));
    const key = merchant?.keys.find(({ id }) => id === keyId);
    return merchant && key && { publicKey: publicKeyOf(key), actor: merchantActor(merchant) };
  }

  async find(code: string, tx?: Pick<Tx, 'session'>): Promise<MerchantRecord | undefined> {
    return (await this.#merchants.findOne({ _id: code }, tx ? { session: tx.session } : {})) ?? undefined;
  }

  /** In the order of their codes. */
  async list(first: number, afterCode = ''): Promise<{ merchants: MerchantRecord[]; hasNextPage: boolean }> {
    const found = await this.#merchants
      .find({ _id: { $gt: afterCode } })
      .sort({ _id: 1 })
      .limit(first + 1)
      .toArray();
    return { merchants: found.slice(0, first), hasNextPage: found.length > first };
  }

  get #merchants() {
    return collectionOf<MerchantRecord>(this.#host, MERCHANTS);
  }
}

export function merchantActor({ _id, name }: Pick<MerchantRecord, '_id' | 'name'>): Actor {
  return { kind: 'merchant', id: _id, name: name.en, roles: [], permissions: new Set() };
}

export const merchantService = serviceToken<MerchantService>('loyalty', 'merchant');
