import type { Actor } from '../../core/access/actor.ts';
import { approvalService } from '../../core/approval/service.ts';
import { catalogService } from '../../core/catalog/service.ts';
import { PlatformError } from '../../core/errors.ts';
import type { Host, Reason } from '../../core/plugin/contract.ts';
import { serviceToken } from '../../core/plugin/service.ts';
import { MEMBERS, MOVES, type MemberRecord, type MoveRecord } from './model.ts';
import { POOL_MOVE_SUBJECT, membersOf, type PoolMoves } from './moves.ts';
import { moveReasons, type Pool } from './pool.ts';

/** How many funds one proposal moves at most. */
export const MOVES_MAX = 100;
const HISTORY_MAX = 50;

export interface MoveProposal {
  readonly codes: readonly string[];
  readonly to: Pool;
  readonly reason: string;
  /** Where the research, minutes or notice is kept. */
  readonly evidence?: string;
}

export type ProposedMoves = { readonly approvalId: string } | { readonly refused: readonly Reason[] };

export interface MemberPage {
  readonly members: readonly MemberRecord[];
  readonly hasNextPage: boolean;
}

/** Funds and their pools; every move is proposed by one person and decided by another. */
export class FundPoolService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Puts a move before a second person; nothing changes until then. All funds move or none does. */
  async propose(actor: Actor, { codes, to, reason, evidence }: MoveProposal): Promise<ProposedMoves> {
    if (codes.length === 0 || codes.length > MOVES_MAX)
      throw new PlatformError(
        'FUND_MOVES_TOO_MANY',
        `One proposal moves 1 to ${MOVES_MAX} funds, not ${codes.length}. Propose in parts.`,
      );
    const catalog = this.#host.service(catalogService);
    const refused: Reason[] = [];
    const found: { productId: string; code: string }[] = [];
    for (const code of new Set(codes)) {
      const product = await catalog.productByCode(code);
      if (product?.kind === 'fund') found.push({ productId: product._id, code });
      else
        refused.push({
          code: 'FUND_UNKNOWN',
          text: { zh: `没有代码为 ${code} 的基金。`, en: `There is no fund with the code ${code}.` },
          path: code,
        });
    }
    return this.#host.transact(actor, async (tx): Promise<ProposedMoves> => {
      const members = await membersOf(
        this.#host,
        found.map(({ productId }) => productId),
        tx,
      );
      const against = [
        ...refused,
        ...found.flatMap(({ productId, code }) => moveReasons(code, members.get(productId)?.pool, to)),
      ];
      if (against.length > 0) {
        tx.trace({
          action: 'fund.move-refused',
          subject: { type: 'FundPool', id: to },
          reason,
          details: { codes, reasons: against.map(({ code, path }) => `${code} ${path}`) },
        });
        return { refused: against };
      }
      const funds = found.map(({ productId, code }) => {
        const from = members.get(productId)?.pool;
        return { productId, code, ...(from === undefined ? {} : { from }) };
      });
      const change: PoolMoves = { to, funds, ...(evidence === undefined ? {} : { evidence }) };
      const approvalId = await this.#host.service(approvalService).propose(tx, {
        type: POOL_MOVE_SUBJECT,
        subjectIds: funds.map(({ productId }) => productId),
        change: { ...change },
        reason,
      });
      return { approvalId };
    });
  }

  /** How many funds each pool holds. */
  async counts(): Promise<ReadonlyMap<Pool, number>> {
    const groups = await this.#host
      .model<MemberRecord>(MEMBERS)
      .aggregate<{ _id: Pool; count: number }>([{ $group: { _id: '$pool', count: { $sum: 1 } } }]);
    return new Map(groups.map(({ _id, count }) => [_id, count]));
  }

  /** Members of a pool in the order of their codes. */
  async members(pool: Pool, first: number, afterCode = ''): Promise<MemberPage> {
    const found = await this.#host
      .model<MemberRecord>(MEMBERS)
      .find({ pool, code: { $gt: afterCode } })
      .sort({ code: 1 })
      .limit(first + 1)
      .lean();
    return { members: found.slice(0, first), hasNextPage: found.length > first };
  }

  async membership(productId: string): Promise<MemberRecord | undefined> {
    return (await membersOf(this.#host, [productId])).get(productId);
  }

  /** The latest moves of a fund, newest first. */
  history(productId: string): Promise<MoveRecord[]> {
    return this.#host.model<MoveRecord>(MOVES).find({ productId }).sort({ at: -1 }).limit(HISTORY_MAX).lean();
  }
}

export const fundPoolService = serviceToken<FundPoolService>('fund-pool', 'pool');
