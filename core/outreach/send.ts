import { createHash } from 'node:crypto';
import type { Actor } from '../access/actor.ts';
import type { ClientReach } from '../customer/reach.ts';
import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import { failureOf } from '../failure.ts';
import type { Declared, Host } from '../plugin/contract.ts';
import type { CoreHost } from '../plugin/host.ts';
import type { GatewayDeclaration, SendOutcome, UsedPermit } from '../plugin/gateway.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import { marketingHeads, undisturbed } from './consents.ts';
import { MARKETING_CONSENT, consentHolds } from './decide.ts';
import { OUTREACH, type PermitRecord, type PermitState } from './records.ts';

/** How long a gateway may take to answer. */
export const SEND_LIMIT_MS = 10_000;

export interface MessageText {
  readonly body: string;
  /** Parts that the gateway bills. */
  readonly parts: number;
}

/**
 * Uses a permit, once. That it is submitted is committed before the gateway is called: a process that dies in between
 * leaves it SUBMITTED, which is settled as UNKNOWN, and nobody calls the gateway for it again.
 * @returns VOID where the client withdrew in the meantime, undefined where the permit is not there to be used
 * @throws OUTREACH_TEXT_TOO_LONG, OUTREACH_GATEWAY_GONE
 */
export async function sendOnce(
  host: CoreHost,
  actor: Actor,
  permitId: string,
  text: MessageText,
  limitMs = SEND_LIMIT_MS,
): Promise<PermitState | undefined> {
  const permit = await permits(host).findOne({ _id: permitId });
  if (permit?.state !== 'PERMITTED') return undefined;
  const gateway = gatewayOf(host, permit.gateway);
  if (text.body.length > gateway.capabilities.charactersMax)
    throw new PlatformError(
      'OUTREACH_TEXT_TOO_LONG',
      `${gateway.code} carries ${gateway.capabilities.charactersMax} characters, this message has ${text.body.length}. Shorten it.`,
    );
  const submitted = await host.transact(actor, (tx) => submit(host, tx, permitId, text));
  if (!submitted) return undefined;
  if (submitted === 'VOID') return 'VOID';
  const outcome = await callGateway(host, gateway, submitted, text.body, limitMs);
  await settle(host, actor, permitId, outcome);
  return outcome;
}

/** Records what became of a message; what was settled for good stays so. */
export async function settle(
  host: Host,
  actor: Actor,
  permitId: string,
  outcome: SendOutcome,
): Promise<void> {
  await host.transact(actor, async (tx) => {
    const settled = await permits(host).findOneAndUpdate(
      { _id: permitId, state: { $in: ['SUBMITTED', 'UNKNOWN'] } },
      { $set: { state: outcome, settledAt: tx.at } },
      { session: tx.session, returnDocument: 'after' },
    );
    noteSettled(tx, permitId, settled, outcome);
  });
}

function noteSettled(tx: Tx, permitId: string, settled: PermitRecord | null, outcome: SendOutcome): void {
  tx.trace({
    action: settled ? `outreach.${outcome.toLowerCase()}` : 'outreach.settled-before',
    subject: { type: 'Message', id: permitId },
    ...(settled ? { partyId: settled.partyId } : {}),
  });
}

async function submit(
  host: CoreHost,
  tx: Tx,
  permitId: string,
  { body, parts }: MessageText,
): Promise<UsedPermit | 'VOID' | undefined> {
  const permit = await permits(host).findOne({ _id: permitId }, { session: tx.session });
  const usable = permit?.state === 'PERMITTED' && permit.expiresAt > tx.at;
  if (!permit || !usable) {
    tx.trace({ action: 'outreach.permit-not-usable', subject: { type: 'Message', id: permitId } });
    return undefined;
  }
  const client = await reach(host, permit.partyId, tx);
  const against = await withdrawnSince(host, tx, permit, client);
  const bodyDigest = createHash('sha256').update(body).digest('hex');
  await permits(host).updateOne(
    { _id: permitId, state: 'PERMITTED' },
    against === undefined
      ? { $set: { state: 'SUBMITTED', submittedAt: tx.at, parts, bodyDigest } }
      : { $set: { state: 'VOID', settledAt: tx.at, refused: against } },
    { session: tx.session },
  );
  tx.trace({
    action: against === undefined ? 'outreach.submitted' : 'outreach.void',
    subject: { type: 'Message', id: permitId },
    partyId: permit.partyId,
    details: {
      gateway: permit.gateway,
      purpose: permit.purpose,
      parts,
      bodyDigest,
      against: against ?? null,
    },
  });
  if (against !== undefined) return 'VOID';
  return {
    messageId: permitId,
    purpose: permit.purpose,
    to: client!.phone!,
    toMasked: client!.phoneMasked,
  } as UsedPermit;
}

/** A client may have left between permit and use: then nothing is sent. */
async function withdrawnSince(
  host: CoreHost,
  tx: Tx,
  { purpose, partyId }: PermitRecord,
  client: ClientReach | undefined,
): Promise<string | undefined> {
  if (client?.phone === undefined) return 'OUTREACH_NO_NUMBER';
  if (purpose !== 'MARKETING') return undefined;
  const imported = client.consents.find(({ code }) => code === MARKETING_CONSENT);
  const head = (await marketingHeads(host, tx, [partyId])).get(partyId);
  if (!consentHolds(imported, head)) return 'OUTREACH_NO_CONSENT';
  return (await undisturbed(host, tx, [client.phone])).size > 0 ? 'OUTREACH_DO_NOT_DISTURB' : undefined;
}

async function reach(host: Host, partyId: string, tx: Tx): Promise<ClientReach | undefined> {
  return (await host.service(customerService).reachOf([partyId], tx.at, tx)).get(partyId);
}

async function callGateway(
  host: CoreHost,
  gateway: Declared<GatewayDeclaration>,
  permit: UsedPermit,
  body: string,
  limitMs: number,
): Promise<SendOutcome> {
  try {
    return await withTimeLimit(`The gateway ${gateway.code}`, limitMs, () =>
      gateway.send(permit, body, host.hostOf(gateway.owner)),
    );
  } catch (error) {
    host.logger.warn(
      { gateway: gateway.code, messageId: permit.messageId, ...failureOf(error) },
      'a gateway did not answer: the message is unknown and is not sent again',
    );
    return 'UNKNOWN';
  }
}

function gatewayOf(host: Host, code: string): Declared<GatewayDeclaration> {
  const gateway = host.declared('gateways').find((declared) => declared.code === code);
  if (!gateway)
    throw new PlatformError(
      'OUTREACH_GATEWAY_GONE',
      `No installed plugin declares the gateway "${code}". Install its plugin again to go on.`,
      { status: 409 },
    );
  return gateway;
}

function permits(host: Host) {
  return collectionOf<PermitRecord>(host, OUTREACH.permits);
}
