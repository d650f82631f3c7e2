import type { Actor } from '../../../core/access/actor.ts';
import { approvalService } from '../../../core/approval/service.ts';
import { catalogService } from '../../../core/catalog/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { PlatformError } from '../../../core/errors.ts';
import { newId } from '../../../core/ids.ts';
import { idempotencyService } from '../../../core/idempotency/idempotency.ts';
import { jobQueue } from '../../../core/job/port.ts';
import type { ApprovalDiffLine, ApprovedChange, Host, Reason } from '../../../core/plugin/contract.ts';
import { CONSOLE_GATEWAY } from '../gateway.ts';
import { PACKAGE_KIND } from '../kinds.ts';
import { SMS, type IssueRecord } from '../model.ts';
import { segmentsOf } from '../segments.ts';
import { composeMessage } from '../template/compose.ts';
import type { TemplateRenderer } from '../template/render.ts';
import type { Variable } from '../template/variables.ts';

export const ISSUE_SUBJECT = 'sms.issue';
export const SEND_ISSUE = 'sms.send-issue';

/** What the firm puts around its messages. */
export interface SmsHouse {
  /** The signature that the operators have on file (报备签名), without brackets. */
  readonly signature: string;
  readonly hotline: string;
}

/** What issues are written with. */
export interface SmsDesk {
  readonly host: Host;
  readonly renderer: TemplateRenderer;
  readonly house: SmsHouse;
}

export interface IssueInput {
  readonly productCode: string;
  readonly title: string;
  readonly template: string;
  readonly variables: readonly Variable[];
  readonly gateway?: string | undefined;
}

export type IssueSaved = { readonly issueId: string } | { readonly refused: readonly Reason[] };

const TITLE_MAX = 80;

/** Saves an issue as a draft, or says everything that is wrong with it; nothing is saved then. */
export async function createIssue(
  desk: SmsDesk,
  actor: Actor,
  input: IssueInput,
  idempotencyKey: string,
): Promise<IssueSaved> {
  const { host } = desk;
  const content = await contentOf(desk, input);
  if ('refused' in content) return content;
  const request = { operation: 'sms.issue.create', key: idempotencyKey, body: input };
  const { result } = await host
    .service(idempotencyService)
    .once(actor, request, async (tx): Promise<{ issueId: string }> => {
      const issueId = newId();
      const issue: IssueRecord = {
        _id: issueId,
        ...content,
        state: 'DRAFT',
        maker: { id: actor.id, name: actor.name },
        createdAt: tx.at,
        changedAt: tx.at,
        revision: 1,
      };
      await issues(host).insertOne(issue, { session: tx.session });
      note(tx, 'sms.issue-created', issueId, { productCode: content.productCode, parts: content.parts });
      return { issueId };
    });
  return result;
}

/** Writes a draft anew. @throws NOT_FOUND, SMS_ISSUE_STATE, SMS_ISSUE_CHANGED */
export async function saveIssue(
  desk: SmsDesk,
  actor: Actor,
  issueId: string,
  input: IssueInput,
  revision: number,
): Promise<IssueSaved> {
  const { host } = desk;
  const content = await contentOf(desk, input);
  if ('refused' in content) return content;
  await host.transact(actor, async (tx) => {
    const issue = await requireIssue(host, tx, issueId, 'DRAFT');
    if (issue.revision !== revision)
      throw new PlatformError('SMS_ISSUE_CHANGED', 'Somebody else changed this issue. Load it again.', {
        status: 409,
      });
    await issues(host).updateOne(
      { _id: issueId, revision },
      { $set: { ...content, changedAt: tx.at }, $inc: { revision: 1 } },
      { session: tx.session },
    );
    note(tx, 'sms.issue-changed', issueId, { parts: content.parts });
  });
  return { issueId };
}

/**
 * Puts a draft before a second person; nobody can change it from then on.
 * @param sendAt the earliest instant; at once after approval where absent
 * @returns the approval's id
 * @throws NOT_FOUND, SMS_ISSUE_STATE
 */
export function submitIssue(
  host: Host,
  actor: Actor,
  issueId: string,
  reason: string,
  sendAt: Date | undefined,
): Promise<string> {
  return host.transact(actor, async (tx) => {
    const issue = await requireIssue(host, tx, issueId, 'DRAFT');
    const approvalId = await host.service(approvalService).propose(tx, {
      type: ISSUE_SUBJECT,
      subjectIds: [issueId],
      change: {
        productCode: issue.productCode,
        body: issue.body,
        parts: issue.parts,
        gateway: issue.gateway,
        sendAt: sendAt?.toISOString() ?? null,
      },
      reason,
    });
    await issues(host).updateOne(
      { _id: issueId, state: 'DRAFT' },
      {
        $set: { state: 'IN_REVIEW', approvalId, changedAt: tx.at, ...(sendAt ? { sendAt } : {}) },
        ...(sendAt ? {} : { $unset: { sendAt: 1 as const } }),
        $inc: { revision: 1 },
      },
      { session: tx.session },
    );
    note(tx, 'sms.issue-submitted', issueId, { approvalId });
    return approvalId;
  });
}

/** The approval's `apply`: the issue is due, and a job for it is in the same transaction. */
export async function applyIssue(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  const [issueId] = approval.subjectIds as [string];
  const issue = await requireIssue(host, tx, issueId, 'IN_REVIEW');
  if (issue.approvalId !== approval.id)
    throw new PlatformError('SUBJECT_CHANGED', 'This issue was submitted anew since.', { status: 409 });
  await issues(host).updateOne(
    { _id: issueId, state: 'IN_REVIEW' },
    {
      $set: { state: 'SCHEDULED', checker: { id: tx.actor.id, name: tx.actor.name }, changedAt: tx.at },
      $inc: { revision: 1 },
    },
    { session: tx.session },
  );
  const delayMs = Math.max(0, (issue.sendAt?.getTime() ?? 0) - tx.at.getTime());
  await host.service(jobQueue).enqueue(tx, SEND_ISSUE, { issueId }, { delayMs, key: issueId });
  note(tx, 'sms.issue-approved', issueId, { approvalId: approval.id, makerId: approval.maker.id });
}

/** A rejection or withdrawal makes it a draft again. */
export async function closeIssue(tx: Tx, approval: ApprovedChange, _: unknown, host: Host): Promise<void> {
  const [issueId] = approval.subjectIds as [string];
  await issues(host).updateOne(
    { _id: issueId, approvalId: approval.id, state: 'IN_REVIEW' },
    { $set: { state: 'DRAFT', changedAt: tx.at }, $unset: { approvalId: 1 }, $inc: { revision: 1 } },
    { session: tx.session },
  );
  note(tx, 'sms.issue-back-to-draft', issueId, { approvalId: approval.id });
}

/** For the checker: the words that go out, to whose holders, in how many parts, and when. */
export function diffIssue(approval: ApprovedChange): Promise<readonly ApprovalDiffLine[]> {
  const titles = {
    productCode: { zh: '产品', en: 'Product' },
    body: { zh: '短信全文', en: 'Message as sent' },
    parts: { zh: '计费条数', en: 'Billed parts' },
    gateway: { zh: '网关', en: 'Gateway' },
    sendAt: { zh: '发送时间（空为立即）', en: 'Send at (empty: at once)' },
  };
  return Promise.resolve(
    Object.entries(titles).map(([path, title]) => ({
      path,
      title,
      before: null,
      after: approval.change[path] ?? null,
    })),
  );
}

type Content = Pick<
  IssueRecord,
  'productId' | 'productCode' | 'keyword' | 'title' | 'template' | 'variables' | 'gateway' | 'body' | 'parts'
>;

async function contentOf(
  { host, renderer, house }: SmsDesk,
  input: IssueInput,
): Promise<Content | { readonly refused: readonly Reason[] }> {
  const catalog = host.service(catalogService);
  const product = await catalog.productByCode(input.productCode);
  const at = host.clock.now();
  const version = product && (await catalog.productAt(product._id, at))?.version;
  const keyword = version?.content.attributes.keyword;
  const gateway = input.gateway ?? CONSOLE_GATEWAY;
  const refused: Reason[] = [];
  if (product?.kind !== PACKAGE_KIND || typeof keyword !== 'string')
    refused.push(noPackage(input.productCode));
  if (!host.declared('gateways').some(({ code }) => code === gateway)) refused.push(noGateway(gateway));
  const title = input.title.trim();
  if (title === '' || title.length > TITLE_MAX) refused.push(badTitle());
  if (refused.length > 0) return { refused };
  const frame = { signature: `【${house.signature}】`, wayOut: ` 退订回TD${String(keyword)}` };
  const composed = await composeMessage(renderer, input.template, input.variables, frame);
  if ('problems' in composed) return { refused: composed.problems };
  return {
    productId: product!._id,
    productCode: product!.code,
    keyword: String(keyword),
    title,
    template: input.template,
    variables: [...input.variables],
    gateway,
    body: composed.body,
    parts: segmentsOf(composed.body).parts.length,
  };
}

export async function requireIssue(
  host: Host,
  tx: Tx,
  issueId: string,
  ...states: readonly IssueRecord['state'][]
): Promise<IssueRecord> {
  const issue = await issues(host).findOne({ _id: issueId }, { session: tx.session });
  if (!issue)
    throw new PlatformError('NOT_FOUND', `There is no issue "${issueId}" that you may see.`, { status: 404 });
  if (!states.includes(issue.state))
    throw new PlatformError(
      'SMS_ISSUE_STATE',
      `This issue is ${issue.state}, so this cannot be done. It must be ${states.join(' or ')}.`,
      { status: 409 },
    );
  return issue;
}

export function issues(host: Host) {
  return collectionOf<IssueRecord>(host, SMS.issues);
}

function note(tx: Tx, action: string, issueId: string, details: Record<string, unknown>): void {
  tx.trace({ action, subject: { type: 'SmsIssue', id: issueId }, details });
}

function noPackage(code: string): Reason {
  return {
    code: 'SMS_PACKAGE_UNKNOWN',
    text: {
      zh: `没有已复核的短信套餐“${code}”。`,
      en: `There is no approved SMS package "${code}".`,
    },
    path: 'productCode',
  };
}

function noGateway(code: string): Reason {
  return {
    code: 'SMS_GATEWAY_UNKNOWN',
    text: { zh: `没有名为“${code}”的短信网关。`, en: `There is no SMS gateway "${code}".` },
    path: 'gateway',
  };
}

function badTitle(): Reason {
  return {
    code: 'SMS_TITLE_INVALID',
    text: { zh: `标题须为 1 至 ${TITLE_MAX} 个字。`, en: `A title has 1 to ${TITLE_MAX} characters.` },
    path: 'title',
  };
}
