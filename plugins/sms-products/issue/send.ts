import { systemActor, type Actor } from '../../../core/access/actor.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { outreachService } from '../../../core/outreach/service.ts';
import type { Host, JobRun } from '../../../core/plugin/contract.ts';
import { subscriptionService } from '../../../core/subscription/service.ts';
import { SMS, type IssueRecord, type RecipientRecord } from '../model.ts';
import { issues, requireIssue } from './write.ts';

/** Holders that are claimed in one transaction. */
const PAGE = 100;
const ACTOR = systemActor('sms-products');

/**
 * Sends an issue to everybody who holds the package, each once whatever happens to this process: a holder is claimed
 * with a permit in one transaction, and only a permit that nobody has used sends. Begun again, it passes over everybody
 * who was claimed and sends what was claimed and not yet submitted.
 */
export async function sendIssue({ issueId }: { issueId: string }, host: Host, run: JobRun): Promise<void> {
  const issue = await begin(host, issueId);
  if (!issue) return;
  const subscriptions = host.service(subscriptionService);
  let after: string | null = null;
  do {
    run.signal.throwIfAborted();
    const page = await subscriptions.subscriptions(
      { productId: issue.productId, state: 'ACTIVE' },
      { first: PAGE, after },
    );
    const parties = [...new Set(page.edges.map(({ node }) => node.partyId))];
    for (const permitId of await claim(host, issue, parties)) {
      run.signal.throwIfAborted();
      await host.service(outreachService).send(ACTOR, permitId, { body: issue.body, parts: issue.parts });
    }
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  await finish(host, ACTOR, issueId);
}

/** Undefined where it was sent before. */
async function begin(host: Host, issueId: string): Promise<IssueRecord | undefined> {
  const known = await issues(host).findOne({ _id: issueId });
  if (known?.state === 'SENT') return undefined;
  return host.transact(ACTOR, async (tx) => {
    const issue = await requireIssue(host, tx, issueId, 'SCHEDULED', 'SENDING');
    await issues(host).updateOne(
      { _id: issueId },
      { $set: { state: 'SENDING', changedAt: tx.at } },
      { session: tx.session },
    );
    tx.trace({ action: 'sms.issue-sending', subject: { type: 'SmsIssue', id: issueId } });
    return issue;
  });
}

/** Claims holders for the issue, with a permit or a reason why not. @returns permits that are to be used */
async function claim(host: Host, issue: IssueRecord, parties: readonly string[]): Promise<string[]> {
  if (parties.length === 0) return [];
  const { _id: issueId, productId, gateway } = issue;
  const outreach = host.service(outreachService);
  return host.transact(ACTOR, async (tx) => {
    const recipients = collectionOf<RecipientRecord>(host, SMS.recipients);
    const idOf = (partyId: string) => `${issueId}:${partyId}`;
    const claimed = await recipients
      .find({ _id: { $in: parties.map(idOf) } }, { session: tx.session })
      .toArray();
    const known = new Set(claimed.map(({ partyId }) => partyId));
    const fresh = parties.filter((partyId) => !known.has(partyId));
    const answers = await outreach.permit(
      tx,
      host.name,
      fresh.map((partyId) => ({
        ref: `issue:${idOf(partyId)}`,
        group: `issue:${issueId}`,
        gateway,
        purpose: 'SUBSCRIBED' as const,
        partyId,
        productId,
      })),
    );
    const rows = fresh.map((partyId, index): RecipientRecord => {
      const answer = answers[index]!;
      const common = { _id: idOf(partyId), issueId, partyId, at: tx.at };
      return answer.permitted
        ? { ...common, state: 'CLAIMED', permitId: answer.permit.id }
        : { ...common, state: 'SKIPPED', reason: answer.code };
    });
    if (rows.length > 0) await recipients.insertMany(rows, { session: tx.session });
    tx.trace({
      action: 'sms.issue-claimed',
      subject: { type: 'SmsIssue', id: issueId },
      details: { fresh: fresh.length, skipped: rows.filter(({ state }) => state === 'SKIPPED').length },
    });
    return [...claimed, ...rows].flatMap(({ permitId }) => permitId ?? []);
  });
}

async function finish(host: Host, actor: Actor, issueId: string): Promise<void> {
  await host.transact(actor, async (tx) => {
    await issues(host).updateOne(
      { _id: issueId, state: 'SENDING' },
      { $set: { state: 'SENT', sentAt: tx.at, changedAt: tx.at }, $inc: { revision: 1 } },
      { session: tx.session },
    );
    tx.trace({ action: 'sms.issue-sent', subject: { type: 'SmsIssue', id: issueId } });
    tx.publish({ name: 'sms.issue-sent', key: issueId, payload: { issueId } });
  });
}
