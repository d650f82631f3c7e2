import type { Actor } from '../access/actor.ts';
import { accessService } from '../access/service.ts';
import { approvalService } from '../approval/service.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { readFirm } from './firm.ts';

/** The reason that everything of the sample is proposed with; by it the sample knows its own proposals again. */
export const SAMPLE_REASON = '样例数据 Sample firm';

/** Demo staff in whose names the sample is proposed and approved: never one person for both. */
export interface SampleStaff {
  readonly maker: Actor;
  readonly checker: Actor;
}

export async function sampleStaff(host: Host): Promise<SampleStaff> {
  const { staff } = readFirm();
  const access = host.service(accessService);
  const maker = await access.staff(staff.maker);
  const checker = await access.staff(staff.checker);
  if (!maker || !checker)
    throw new Error(`The sample needs the demo accounts ${staff.maker} and ${staff.checker}.`);
  return { maker, checker };
}

/** Approves what the sample's maker has put before a second person. */
export async function approveWaiting(
  host: Host,
  { maker, checker }: SampleStaff,
  type: string,
): Promise<void> {
  const approvals = host.service(approvalService);
  const page = await approvals.list({ state: 'WAITING', type }, { first: 100 });
  const own = page.edges
    .map(({ node }) => node)
    .filter(({ maker: by, reason }) => by.id === maker.id && reason === SAMPLE_REASON);
  for (const { _id } of own) {
    const outcome = await approvals.decide(checker, _id, { decision: 'APPROVE', comment: SAMPLE_REASON });
    if (!outcome.ok)
      throw new Error(`The sample's ${type} ${_id} was not approved: ${outcome.refusal.code}.`);
  }
}

/** The sample is made to be carried out: a refusal is a mistake in it. */
export function refuseRefusals(
  what: string,
  outcomes: readonly { readonly code: string; readonly refused?: readonly Reason[] }[],
): void {
  const refusals = outcomes.flatMap(({ code, refused = [] }) =>
    refused.map((reason) => `${code}: ${reason.text.en}`),
  );
  if (refusals.length > 0) throw new Error(`The sample cannot ${what}: ${refusals.slice(0, 5).join(' ')}`);
}
