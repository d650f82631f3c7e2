import type { Actor } from '../../../core/access/actor.ts';
import { maskPhone, normalisePhone } from '../../../core/customer/sealing/display.ts';
import { customerService } from '../../../core/customer/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { isDuplicateKey, type Tx } from '../../../core/db/database.ts';
import { PlatformError } from '../../../core/errors.ts';
import { newId } from '../../../core/ids.ts';
import { jobQueue } from '../../../core/job/port.ts';
import { MARKETING_CONSENT } from '../../../core/outreach/decide.ts';
import { outreachService } from '../../../core/outreach/service.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { decideDialog, type DialogDecision, type DialogOffer } from '../dialog.ts';
import { readCommand, type Command } from '../keywords.ts';
import { SMS, type DialogRecord, type InboundRecord } from '../model.ts';
import { heldPackages, productNamed } from './state.ts';

export const FOLLOW_UP = 'sms.follow-up';

export interface InboundSms {
  readonly from: string;
  readonly text: string;
  /** The gateway's own id of the text; the same one again changes nothing. */
  readonly gatewayMessageId: string;
}

const ID = /^[\w.:-]{1,100}$/;

/**
 * Takes a client's text: what it means is decided and recorded in one transaction, consents with it; orders, endings and
 * the answer follow by a job, so that they are done once whatever happens to this process. The words are not kept.
 * @throws SMS_INBOUND_INVALID, SMS_INBOUND_REUSED
 */
export async function receiveSms(
  host: Host,
  actor: Actor,
  sms: InboundSms,
): Promise<{ readonly inbound: InboundRecord; readonly repeated: boolean }> {
  refuseBad(sms);
  const earlier = await repeatOf(host, sms);
  if (earlier) return { inbound: earlier, repeated: true };
  const command = readCommand(sms.text);
  const partyIds = await host.service(customerService).partiesByPhone(sms.from);
  try {
    return {
      inbound: await host.transact(actor, (tx) => take(host, tx, sms, command, partyIds)),
      repeated: false,
    };
  } catch (error) {
    // The gateway sent it twice at once; the other one was first.
    const first = isDuplicateKey(error) ? await repeatOf(host, sms) : undefined;
    if (!first) throw error;
    return { inbound: first, repeated: true };
  }
}

async function take(
  host: Host,
  tx: Tx,
  sms: InboundSms,
  command: Command,
  partyIds: readonly string[],
): Promise<InboundRecord> {
  const [partyId] = partyIds;
  // Advanced before anything is read: of two texts of one client at once, one transaction begins anew.
  const dialog = partyId === undefined ? undefined : await advance(host, tx, partyId);
  const customers = await host.service(customerService).reachOf(partyIds, tx.at, tx);
  const named =
    partyIds.length === 1 && (command.is === 'ORDER' || command.is === 'QUERY')
      ? await productNamed(host, customers.get(partyId!)!.facts.customerNo, command.keyword, tx.at)
      : undefined;
  const decision = decideDialog(
    command,
    {
      clients: partyIds.length,
      subscriptions: await heldPackages(host, partyIds, tx.at),
      ...(dialog?.offer ? { offer: dialog.offer } : {}),
      ...(named ? { named } : {}),
    },
    tx.at,
  );
  if (partyId !== undefined) await keepOffer(host, tx, partyId, decision);
  if (decision.actions.some((action) => action.do === 'WITHDRAW_MARKETING'))
    await withdraw(host, tx, sms, partyIds);
  const record: InboundRecord = {
    _id: sms.gatewayMessageId,
    phoneMasked: maskPhone(sms.from),
    partyIds: [...partyIds],
    command,
    actions: [...decision.actions],
    ...(decision.reply ? { reply: decision.reply } : {}),
    state: needsFollowUp(decision) ? 'RECEIVED' : 'DONE',
    at: tx.at,
  };
  await collectionOf<InboundRecord>(host, SMS.inbound).insertOne(record, { session: tx.session });
  if (record.state === 'RECEIVED')
    await host.service(jobQueue).enqueue(tx, FOLLOW_UP, { inboundId: record._id }, { key: record._id });
  tx.trace({
    action: 'sms.received',
    subject: { type: 'SmsInbound', id: record._id },
    ...(partyId === undefined ? {} : { partyId }),
    details: {
      command,
      clients: partyIds.length,
      actions: decision.actions.map((action) => action.do),
      reply: decision.reply?.say ?? null,
    },
  });
  return record;
}

function needsFollowUp({ actions, reply }: DialogDecision): boolean {
  return reply !== undefined || actions.some(({ do: what }) => ['ORDER', 'ANSWER', 'END'].includes(what));
}

async function advance(host: Host, tx: Tx, partyId: string): Promise<DialogRecord> {
  const dialog = await collectionOf<DialogRecord>(host, SMS.dialogs).findOneAndUpdate(
    { _id: partyId },
    { $inc: { no: 1 } },
    { session: tx.session, upsert: true, returnDocument: 'after' },
  );
  return dialog!;
}

async function keepOffer(host: Host, tx: Tx, partyId: string, { actions }: DialogDecision): Promise<void> {
  const made = actions.find((action) => action.do === 'OFFER');
  const closed = actions.some((action) => action.do === 'CLOSE_OFFER');
  if (!made && !closed) return;
  const offer: DialogOffer | undefined = made && {
    offerId: newId(),
    product: made.product,
    expiresAt: made.expiresAt,
  };
  await collectionOf<DialogRecord>(host, SMS.dialogs).updateOne(
    { _id: partyId },
    offer ? { $set: { offer } } : { $unset: { offer: 1 as const } },
    { session: tx.session },
  );
}

/** Every way of leaving ends the consent to marketing of all who have the number; a stranger's number is kept from it too. */
async function withdraw(host: Host, tx: Tx, sms: InboundSms, partyIds: readonly string[]): Promise<void> {
  const outreach = host.service(outreachService);
  const evidence = `sms:${sms.gatewayMessageId}`;
  for (const partyId of partyIds)
    await outreach.recordConsent(tx, {
      partyId,
      code: MARKETING_CONSENT,
      given: false,
      channel: 'SMS',
      textVersion: 'sms-unsubscribe@1',
      evidence,
    });
  if (partyIds.length === 0) await outreach.doNotDisturb(tx, sms.from, evidence);
}

async function repeatOf(host: Host, sms: InboundSms): Promise<InboundRecord | undefined> {
  const known = await collectionOf<InboundRecord>(host, SMS.inbound).findOne({ _id: sms.gatewayMessageId });
  if (!known) return undefined;
  const command = JSON.stringify(readCommand(sms.text));
  if (known.phoneMasked === maskPhone(sms.from) && JSON.stringify(known.command) === command) return known;
  throw new PlatformError(
    'SMS_INBOUND_REUSED',
    'This gateway message id came before with another number or text. Use a new id for a new text.',
    { status: 422 },
  );
}

function refuseBad({ from, gatewayMessageId, text }: InboundSms): void {
  const wrong = !ID.test(gatewayMessageId)
    ? 'gatewayMessageId: 1 to 100 letters, digits or any of ".:_-"'
    : !/^\+?\d{7,15}$/.test(normalisePhone(from))
      ? 'from: a phone number'
      : text.length > 2000
        ? 'text: 2,000 characters at most'
        : undefined;
  if (wrong !== undefined)
    throw new PlatformError('SMS_INBOUND_INVALID', `The text was not taken. Correct ${wrong}.`);
}
