import type { Actor } from '../../core/access/actor.ts';
import type { Tx } from '../../core/db/database.ts';
import { idempotencyService } from '../../core/idempotency/idempotency.ts';
import { newId } from '../../core/ids.ts';
import type { Host } from '../../core/plugin/contract.ts';
import type { Ledger, Via } from './contract.ts';
import type { Account } from './ledger/account.ts';
import type { Cause, Journal } from './ledger/journal.ts';
import { refuseBadCommand } from './ledger/decide.ts';
import type { CounterAccount } from './ledger/posting.ts';
import type { Redemption } from './ledger/command.ts';
import { DEFAULT_POINT_TYPE, PointTypes, type PointType } from './policy.ts';
import { foldedAccount, foldedBalance } from './store/fold.ts';
import { BatchPoster } from './store/poster.ts';
import { postIn, type PointsAnswer, type PostingRequest } from './store/posting.ts';
import { readAccount, readAccounts, readJournal, readRedemption, readStatement } from './store/reading.ts';

/** The ledger over the database: the only writer of points. */
export class PointsLedger implements Ledger {
  readonly #host: Host;
  readonly #types: PointTypes;
  readonly #poster: BatchPoster;

  constructor(host: Host) {
    this.#host = host;
    this.#types = new PointTypes(host);
    this.#poster = new BatchPoster(host, this.#policyOf);
  }

  earn(via: Via, { partyId, pointType, points, pendingDays, cause }: Parameters<Ledger['earn']>[1]) {
    const command = {
      type: 'earn',
      points,
      ...(pendingDays === undefined ? {} : { pendingDays }),
      cause,
    } as const;
    return this.#post(via, { command, account: this.#accountOf(partyId, pointType) });
  }

  reserve(via: Via, input: Parameters<Ledger['reserve']>[1]) {
    const { partyId, pointType, points, expiresAt, merchantId, cause } = input;
    const redemptionId = input.redemptionId ?? newId();
    const command = {
      type: 'reserve',
      redemptionId,
      points,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(merchantId === undefined ? {} : { merchantId }),
      cause,
    } as const;
    const about = { command, account: this.#accountOf(partyId, pointType), redemptionId };
    // An id drawn here is another at each repeat, and is no part of what was asked.
    return this.#post(via, about, { ...input, pointType: about.account.pointType });
  }

  confirm(via: Via, redemptionId: string, cause: Cause) {
    return this.#post(via, { command: { type: 'confirm', cause }, redemptionId });
  }

  cancel(via: Via, redemptionId: string, cause: Cause) {
    return this.#post(via, { command: { type: 'cancel', cause }, redemptionId });
  }

  refund(via: Via, redemptionId: string, { points, cause }: Parameters<Ledger['refund']>[2]) {
    const command = { type: 'refund', ...(points === undefined ? {} : { points }), cause } as const;
    return this.#post(via, { command, redemptionId });
  }

  reverse(via: Via, journalId: string, { points, cause }: Parameters<Ledger['reverse']>[2]) {
    const command = { type: 'reverse', ...(points === undefined ? {} : { points }), cause } as const;
    return this.#post(via, { command, journalId });
  }

  adjust(via: Via, { partyId, pointType, points, cause }: Parameters<Ledger['adjust']>[1]) {
    const command = { type: 'adjust', points, cause } as const;
    return this.#post(via, { command, account: this.#accountOf(partyId, pointType) });
  }

  timeOut(actor: Actor, redemptionId: string, cause: Cause): Promise<PointsAnswer> {
    return this.#poster.post({ command: { type: 'time-out', cause }, redemptionId, actor });
  }

  settle(actor: Actor, partyId: string, pointType?: string): Promise<PointsAnswer> {
    return this.#poster.post({
      command: { type: 'settle' },
      account: this.#accountOf(partyId, pointType),
      actor,
    });
  }

  pointTypes(): readonly PointType[] {
    return this.#types.all();
  }

  account(partyId: string, pointType = DEFAULT_POINT_TYPE, tx?: Tx): Promise<Account> {
    return readAccount(this.#host, partyId, pointType, tx);
  }

  accounts(partyId: string): Promise<Account[]> {
    return readAccounts(this.#host, partyId);
  }

  statement(partyId: string, page: Parameters<Ledger['statement']>[1]) {
    return readStatement(this.#host, partyId, page.pointType ?? DEFAULT_POINT_TYPE, page);
  }

  journal(journalId: string): Promise<Journal | undefined> {
    return readJournal(this.#host, journalId);
  }

  redemption(redemptionId: string, tx?: Tx): Promise<Redemption | undefined> {
    return readRedemption(this.#host, redemptionId, tx);
  }

  counterBalance(account: CounterAccount, pointType = DEFAULT_POINT_TYPE): Promise<number> {
    return foldedBalance(this.#host, foldedAccount(account, pointType));
  }

  async #post(via: Via, about: Omit<PostingRequest, 'actor'>, body: unknown = about): Promise<PointsAnswer> {
    refuseBadCommand(about.command);
    if ('session' in via) {
      const [answer] = await postIn(this.#host, via, [{ ...about, actor: via.actor }], this.#policyOf);
      return answer!;
    }
    const { actor, key } = via;
    const operation = `points.${about.command.type}`;
    const claim = this.#host.service(idempotencyService).claim(actor, { operation, key, body });
    return this.#poster.post({ ...about, actor, claim });
  }

  #accountOf(partyId: string, pointType = DEFAULT_POINT_TYPE): { partyId: string; pointType: string } {
    return { partyId, pointType: this.#types.get(pointType).code };
  }

  readonly #policyOf = (pointType: string) => this.#types.get(pointType);
}
