import { blocksService } from '../../core/catalog/blocks.ts';
import { collectionOf } from '../../core/db/collection.ts';
import type { Tx } from '../../core/db/database.ts';
import { PlatformError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { ApprovalDiffLine, ApprovedChange, Host } from '../../core/plugin/contract.ts';
import { POOL_CHANGED } from './events.ts';
import { MEMBERS, MOVES, type MemberRecord, type MoveRecord } from './model.ts';
import { barChanges, moveReasons, reviewDue, type Pool } from './pool.ts';

export const POOL_MOVE_SUBJECT = 'fund-pool.move';

/** What an approval of this subject carries. */
export interface PoolMoves {
  readonly to: Pool;
  readonly evidence?: string;
  /** Where each fund was when the move was proposed. */
  readonly funds: readonly { readonly productId: string; readonly code: string; readonly from?: Pool }[];
}

/**
 * Applies approved moves: memberships, their history, and the blocks that make a pool binding. A fund that has moved
 * since the proposal refuses the whole change, since the checker decided on something else.
 */
export async function applyMoves(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  const { to, evidence, funds } = approval.change as unknown as PoolMoves;
  const members = await membersOf(
    host,
    funds.map((fund) => fund.productId),
    tx,
  );
  for (const fund of funds) {
    const from = members.get(fund.productId)?.pool;
    const moved = from !== fund.from;
    const [against] = moveReasons(fund.code, from, to);
    if (moved || against)
      throw new PlatformError(
        'SUBJECT_CHANGED',
        against?.text.en ?? `${fund.code} has moved since this was proposed.`,
        { status: 409 },
      );
    await changeBars(tx, host, fund.productId, from, to, approval.reason);
  }
  await write(tx, host, approval, { to, funds, ...(evidence === undefined ? {} : { evidence }) });
}

async function changeBars(
  tx: Tx,
  host: Host,
  productId: string,
  from: Pool | undefined,
  to: Pool,
  reason: string,
): Promise<void> {
  const blocks = host.service(blocksService);
  const { place, lift } = barChanges(from, to);
  for (const scope of place) await blocks.place(tx, { productId, scope, reason, owner: host.name });
  for (const scope of lift) await blocks.lift(tx, { productId, scope, reason, owner: host.name });
}

async function write(
  tx: Tx,
  host: Host,
  approval: ApprovedChange,
  { to, evidence, funds }: PoolMoves,
): Promise<void> {
  const due = reviewDue(to, tx.at);
  const common = { reason: approval.reason, ...(evidence === undefined ? {} : { evidence }) };
  await collectionOf<MemberRecord>(host, MEMBERS).bulkWrite(
    funds.map(({ productId, code }) => ({
      replaceOne: {
        filter: { _id: productId },
        replacement: {
          code,
          pool: to,
          since: tx.at,
          ...common,
          ...(due === undefined ? {} : { reviewDue: due }),
        },
        upsert: true,
      },
    })),
    { session: tx.session },
  );
  const moves = funds.map(({ productId, code, from }): MoveRecord => ({
    _id: newId(),
    productId,
    code,
    ...(from === undefined ? {} : { from }),
    to,
    at: tx.at,
    ...common,
    maker: { ...approval.maker },
    checker: { id: tx.actor.id, name: tx.actor.name },
    approvalId: approval.id,
  }));
  await collectionOf<MoveRecord>(host, MOVES).insertMany(moves, { session: tx.session });
  for (const { productId, code, from } of funds) {
    const facts = { code, from: from ?? null, to, approvalId: approval.id };
    tx.trace({
      action: POOL_CHANGED,
      subject: { type: 'Product', id: productId },
      reason: approval.reason,
      details: facts,
    });
    tx.publish({
      name: POOL_CHANGED,
      key: productId,
      payload: { productId, ...facts, reason: approval.reason },
    });
  }
}

/** For the checker: each fund with the pool it leaves and the one it enters. */
export function diffMoves(approval: ApprovedChange): Promise<readonly ApprovalDiffLine[]> {
  const { to, funds } = approval.change as unknown as PoolMoves;
  return Promise.resolve(
    funds.map(({ code, from }) => ({
      path: code,
      title: { zh: `${code} 所在基金池`, en: `Pool of ${code}` },
      before: from ?? null,
      after: to,
    })),
  );
}

/** Memberships by product id; funds that never were in a pool are absent. */
export async function membersOf(
  host: Host,
  productIds: readonly string[],
  tx?: Pick<Tx, 'session'>,
): Promise<ReadonlyMap<string, MemberRecord>> {
  const found = await host
    .model<MemberRecord>(MEMBERS)
    .find({ _id: { $in: [...productIds] } }, null, tx ? { session: tx.session } : {})
    .lean();
  return new Map(found.map((member) => [member._id, member]));
}
