import type { Tx } from '../../../core/db/database.ts';
import { incentivePolicy } from '../../../core/earning/feature.ts';
import { notFound, PlatformError } from '../../../core/errors.ts';
import { newId } from '../../../core/ids.ts';
import type { Host, Reason } from '../../../core/plugin/contract.ts';
import { switchService } from '../../../core/switch/service.ts';
import type { Command } from '../ledger/command.ts';
import type { ChangeCommand, PartnerItem, Plan, ReserveCommand } from './command.ts';
import { changedRecord, reservedRecord, reserveRefusal } from './decide.ts';
import { offerOf } from './offer.ts';
import type { Scene } from './scene.ts';

/** How long a merchant should wait before it tries again what a switch has stopped. */
const STOPPED_RETRY_S = 60;

/** What an item leads to by what was read; balance and stock are asked afterwards. */
export function planOf(host: Host, tx: Tx, item: PartnerItem, scene: Scene): Promise<Plan> | Plan {
  return item.command.type === 'reserve'
    ? planReservation(host, tx, item, item.command, scene)
    : planChange(tx, item, item.command, scene);
}

async function planReservation(
  host: Host,
  tx: Tx,
  { actor, merchantCode = '' }: PartnerItem,
  { body, tokenId, referenceClaim }: ReserveCommand,
  scene: Scene,
): Promise<Plan> {
  const merchant = scene.merchants.get(merchantCode);
  if (!merchant) throw new Error(`Merchant ${merchantCode} signed and is not there.`);
  const stopped = await stoppedBy(host, merchantCode, body.goods?.code);
  if (stopped) return { outcome: { error: switchedOff(stopped) } };
  const token = scene.tokens.get(tokenId);
  const offer = token && body.goods && (await offerOf(host, tx, token, body.goods));
  const situation = {
    merchant,
    token,
    offer,
    referenceKnown: scene.references.has(referenceClaim.id),
    allowedGoods: incentivePolicy(host).allowedGoods,
  };
  const refusal = reserveRefusal(situation, body, tx.at);
  if (refusal || !token) return { outcome: { value: refusal! } };
  const after = reservedRecord(newId(), situation, token, body, tx.at);
  const { partyId, pointType, expiresAt, points } = after;
  const cause = { type: 'partner', id: after._id, merchantId: merchantCode };
  return {
    request: {
      command: {
        type: 'reserve',
        redemptionId: after._id,
        points,
        expiresAt,
        merchantId: merchantCode,
        cause,
      },
      account: { partyId, pointType },
      redemptionId: after._id,
      actor,
    },
    after,
    merchant,
    token,
    perClientMax: offer?.perClientMax,
  };
}

function planChange(
  tx: Tx,
  { actor, merchantCode }: PartnerItem,
  command: ChangeCommand,
  scene: Scene,
): Plan {
  const before = scene.redemptions.get(command.id);
  // What belongs to another merchant does not exist for this one.
  if (!before || (merchantCode !== undefined && before.merchantCode !== merchantCode))
    return { outcome: { error: notFound('reservation', command.id.slice(0, 64)) } };
  return {
    request: { command: ledgerCommand(command, before.merchantCode), redemptionId: before._id, actor },
    before,
    after: changedRecord(before, command, tx.at),
    merchant: scene.merchants.get(before.merchantCode)!,
  };
}

function ledgerCommand(command: ChangeCommand, merchantId: string): Command {
  const cause = { type: 'partner', id: command.id, merchantId };
  if (command.type !== 'refund') return { type: command.type, cause };
  const { points } = command;
  return { type: 'refund', ...(points === undefined ? {} : { points }), cause };
}

function stoppedBy(
  host: Host,
  merchantCode: string,
  goodsCode: string | undefined,
): Promise<Reason | undefined> {
  return host
    .service(switchService)
    .refusalOf([
      { code: 'redemption' },
      { code: 'merchant', ref: merchantCode },
      ...(goodsCode === undefined ? [] : [{ code: 'product', ref: goodsCode }]),
    ]);
}

/** Not a result: once the switch is lifted, the same key reserves. */
export function switchedOff({ code, text }: Reason): PlatformError {
  return new PlatformError(code, text.en, {
    status: 503,
    details: { retryAfterSeconds: code === 'SWITCHED_OFF' ? STOPPED_RETRY_S : 1 },
  });
}
