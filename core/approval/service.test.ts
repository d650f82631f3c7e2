import { afterEach, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor, type Actor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { PlatformError } from '../errors.ts';
import type { Plugin } from '../plugin/contract.ts';
import { TRACE_RECORDS, type TraceRecord } from '../trace/record.ts';
import { approvalService, type Proposal } from './service.ts';

const LIMITS = 'house_limits';

interface Limit {
  _id: string;
  value: number;
  revision: number;
  applied: number;
  closed?: string;
}

const limitSchema = new Schema<Limit>(
  { _id: String, value: Number, revision: Number, applied: Number, closed: String },
  { versionKey: false },
);

const opened: TestHost[] = [];

afterEach(async () => {
  for (const host of opened.splice(0)) await host.close();
});

/** A feature whose limits change by two people; a limit above 100 is refused when it is applied. */
const house: Partial<Plugin> & { name: string } = {
  name: 'house',
  models: [{ name: LIMITS, schema: limitSchema as never, shardKey: { _id: 1 }, retention: 'test' }],
  permissions: [
    { code: 'limit.propose', title: { zh: '提议限额', en: 'Propose limits' }, roles: [] },
    { code: 'limit.decide', title: { zh: '复核限额', en: 'Decide limits' }, roles: [] },
  ],
  approvalSubjects: [
    {
      type: 'limit.change',
      title: { zh: '限额调整', en: 'Change of a limit' },
      permissions: { propose: 'limit.propose', decide: 'limit.decide' },
      apply: async (tx, { subjectIds, change, expectedRevisions }, host) => {
        const [_id] = subjectIds as [string];
        const value = Number(change.value);
        if (value > 100) throw new PlatformError('LIMIT_TOO_HIGH', 'A limit is at most 100.');
        const changed = await collectionOf<Limit>(host, LIMITS).updateOne(
          { _id, revision: expectedRevisions![_id]! },
          { $set: { value }, $inc: { revision: 1, applied: 1 } },
          { session: tx.session },
        );
        if (changed.matchedCount === 0) throw new PlatformError('SUBJECT_CHANGED', 'The limit has changed.');
      },
      close: async (tx, { subjectIds }, outcome, host) => {
        await collectionOf<Limit>(host, LIMITS).updateOne(
          { _id: subjectIds[0]! },
          { $set: { closed: outcome } },
          { session: tx.session },
        );
      },
      diff: async ({ change }) => [
        { path: 'value', title: { zh: '限额', en: 'Limit' }, before: 10, after: change.value },
      ],
    },
  ],
};

function person(id: string, ...permissions: string[]): Actor {
  return { kind: 'staff', id, name: id, roles: [], permissions: new Set(permissions) };
}

const wang = person('wang', 'limit.propose', 'limit.decide');
const li = person('li', 'limit.decide');
const zhao = person('zhao', 'limit.decide');

async function start() {
  const host = await startTestHost({ plugins: [house] });
  opened.push(host);
  const limits = collectionOf<Limit>(host.database, LIMITS);
  await limits.insertOne({ _id: 'l1', value: 10, revision: 1, applied: 0 });
  const service = host.core.service(approvalService);
  const propose = (more: Partial<Proposal> = {}, actor = wang) =>
    host.core.transact(actor, (tx) =>
      service.propose(tx, {
        type: 'limit.change',
        subjectIds: ['l1'],
        change: { value: 20 },
        reason: '季度调整',
        expectedRevisions: { l1: 1 },
        ...more,
      }),
    );
  return { host, service, propose, limit: () => limits.findOne({ _id: 'l1' }), limits };
}

describe('an approval', () => {
  it('applies the change when another approves it, and keeps who did what', async () => {
    const { host, service, propose, limit } = await start();
    const id = await propose();
    expect(await limit()).toMatchObject({ value: 10, applied: 0 });
    expect(await service.diff((await service.find(id))!)).toMatchObject([{ before: 10, after: 20 }]);
    expect(await service.decide(li, id, { decision: 'APPROVE', comment: '同意' })).toMatchObject({
      ok: true,
      approval: { state: 'APPROVED', maker: { id: 'wang' }, decided: { id: 'li' }, comment: '同意' },
    });
    expect(await limit()).toMatchObject({ value: 20, applied: 1 });
    const traces = await collectionOf<TraceRecord>(host.database, TRACE_RECORDS)
      .find({ subjectId: id })
      .toArray();
    expect(traces.map(({ action, actor }) => `${actor.id} ${action}`).sort()).toEqual([
      'li approval.approved',
      'wang approval.proposed',
    ]);
  });

  it('is refused to its maker, the platform itself included, and changes nothing', async () => {
    const { service, propose, limit } = await start();
    const system = systemActor('sample');
    for (const maker of [wang, system]) {
      const id = await propose({}, maker);
      expect(await service.decide(maker, id, { decision: 'APPROVE' })).toMatchObject({
        ok: false,
        refusal: { __typename: 'SelfApproval' },
      });
      expect(await service.find(id)).toMatchObject({ state: 'WAITING' });
    }
    expect(await limit()).toMatchObject({ value: 10, applied: 0 });
  });

  it('that many decide at once is applied exactly once', async () => {
    const { service, propose, limit } = await start();
    const id = await propose();
    const outcomes = await Promise.all(
      [li, zhao, person('sun', 'limit.decide'), person('qian', 'limit.decide')].map((checker, index) =>
        service.decide(checker, id, { decision: index === 3 ? 'REJECT' : 'APPROVE', comment: '已核' }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    for (const outcome of outcomes)
      if (!outcome.ok) expect(outcome.refusal.__typename).toBe('AlreadyDecided');
    const { state } = (await service.find(id))!;
    expect((await limit())!.applied).toBe(state === 'APPROVED' ? 1 : 0);
  });

  it('that its maker withdraws while another approves goes one way only', async () => {
    const { service, propose, limit } = await start();
    const id = await propose();
    const [withdrawn, approved] = await Promise.all([
      service.withdraw(wang, id, '重拟'),
      service.decide(li, id, { decision: 'APPROVE' }),
    ]);
    expect([withdrawn.ok, approved.ok].filter(Boolean)).toHaveLength(1);
    expect(await limit()).toMatchObject(
      approved.ok ? { applied: 1, value: 20 } : { applied: 0, closed: 'WITHDRAWN' },
    );
  });

  it('that is rejected gives its subject back and says why', async () => {
    const { service, propose, limit } = await start();
    const id = await propose();
    expect(await service.decide(li, id, { decision: 'REJECT' })).toMatchObject({
      refusal: { __typename: 'CommentMissing' },
    });
    expect(await service.decide(li, id, { decision: 'REJECT', comment: '过高' })).toMatchObject({ ok: true });
    expect(await limit()).toMatchObject({ value: 10, closed: 'REJECTED' });
    expect(await service.decide(zhao, id, { decision: 'APPROVE' })).toMatchObject({
      refusal: { __typename: 'AlreadyDecided' },
    });
  });

  it('stays waiting where its subject has changed or its feature refuses', async () => {
    const { service, propose, limits } = await start();
    const tooHigh = await propose({ change: { value: 101 } });
    expect(await service.decide(li, tooHigh, { decision: 'APPROVE' })).toMatchObject({
      refusal: { __typename: 'ChangeRefused', code: 'LIMIT_TOO_HIGH' },
    });
    const stale = await propose();
    await limits.updateOne({ _id: 'l1' }, { $inc: { revision: 1 } });
    expect(await service.decide(li, stale, { decision: 'APPROVE' })).toMatchObject({
      refusal: { __typename: 'SubjectChanged' },
    });
    expect(await service.count({ state: 'WAITING' })).toBe(2);
  });

  it('in bulk has an outcome each', async () => {
    const { service, propose } = await start();
    const own = await propose({}, person('li', 'limit.propose'));
    const first = await propose();
    const second = await propose();
    const outcomes = await service.decideMany(li, [own, first, 'none', second], { decision: 'APPROVE' });
    expect(outcomes.map(({ outcome }) => (outcome.ok ? 'ok' : outcome.refusal.__typename))).toEqual([
      'SelfApproval',
      'ok',
      'ApprovalNotFound',
      // The first has moved the limit on.
      'SubjectChanged',
    ]);
  });

  it('is refused where the maker may not propose, gives no reason, or names nothing', async () => {
    const { propose } = await start();
    await expect(propose({}, li)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(propose({ reason: ' ' })).rejects.toMatchObject({ code: 'REASON_MISSING' });
    await expect(propose({ subjectIds: [] })).rejects.toMatchObject({ code: 'APPROVAL_TOO_LARGE' });
    await expect(propose({ type: 'limit.none' })).rejects.toMatchObject({ code: 'APPROVAL_TYPE_UNKNOWN' });
  });

  it('is listed in pages that neither repeat nor leave out', async () => {
    const { service, propose } = await start();
    const ids = new Set<string>();
    for (let count = 0; count < 5; count++) ids.add(await propose());
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await service.list({ state: 'WAITING' }, { first: 2, after });
      seen.push(...page.edges.map(({ node }) => node._id));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(ids);
  });
});
