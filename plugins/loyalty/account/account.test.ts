import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { checkInvariants } from '../../../test/support/ledger-checker.ts';
import { testCustomer } from '../../../test/support/customer.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { systemActor } from '../../../core/access/actor.ts';
import { approvalService } from '../../../core/approval/service.ts';
import { customerService } from '../../../core/customer/service.ts';
import { ruleService } from '../../../core/rule/service.ts';
import { sampleRules } from '../sample/load-rules.ts';

interface Entry {
  readonly kind: string;
  readonly available: number;
  readonly balanceAfter: number;
  readonly postedBy: string;
  readonly why: readonly { readonly zh: string; readonly en: string }[];
}
interface AccountAnswer {
  readonly loyaltyAccount: {
    readonly available: number;
    readonly lots: readonly { expiryMonth: string | null; points: number }[];
    readonly statement: {
      readonly totalCount: number;
      readonly pageInfo: { hasNextPage: boolean; endCursor: string | null };
      readonly edges: readonly { readonly node: Entry }[];
    };
  } | null;
}

const ACCOUNT = `query ($customerNo: String!, $first: Int = 20, $after: String) { loyaltyAccount(customerNo: $customerNo) {
  available reserved pending owed lots { expiryMonth points }
  statement(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { kind available balanceAfter postedBy why { zh en } } } } } }`;
const PROPOSE = `mutation ($input: PointsAdjustmentInput!) { proposePointsAdjustment(input: $input) {
  __typename ... on PointsAdjustmentProposed { approvalId } ... on PointsAdjustmentRefused { code message { zh en } } } }`;
const DECIDE = `mutation ($ids: [ID!]!) { decideApprovals(ids: $ids, decision: APPROVE, comment: "Checked") {
  result { __typename ... on Refusal { code } } } }`;

let platform: TestPlatform;
let touchpoint: string;

beforeAll(async () => {
  platform = await startPlatform();
  touchpoint = platform.apiClients[0]!.token;
  const host = platform.app.hosts.core;
  await host.service(customerService).upsert(systemActor('test'), [testCustomer({ customerNo: 'CL1' })]);
  const rules = host.service(ruleService);
  const proposed = await rules.propose(
    systemActor('maker'),
    'earning-rules',
    sampleRules('2026-11-01'),
    'House',
  );
  if ('problems' in proposed) throw new Error(JSON.stringify(proposed.problems));
  await host
    .service(approvalService)
    .decide(systemActor('checker'), proposed.approvalId, { decision: 'APPROVE', comment: 'As agreed' });
  await rules.poll();
});
afterAll(async () => {
  await checkInvariants(platform.app.hosts);
  await platform.stop();
});

async function account(variables: object = {}) {
  const { data } = await platform.graphql<AccountAnswer>(touchpoint, ACCOUNT, {
    customerNo: 'CL1',
    ...variables,
  });
  return data.loyaltyAccount!;
}

async function report(activities: object[]): Promise<void> {
  const answer = await platform.graphql<{ reportActivities: { accepted: number } }>(
    touchpoint,
    'mutation ($input: ReportActivitiesInput!) { reportActivities(input: $input) { accepted } }',
    { input: { source: 'school', activities } },
  );
  expect(answer.data.reportActivities.accepted).toBe(activities.length);
}

function passed(id: string, change: object = {}) {
  return {
    id,
    type: 'course.passed',
    customerNo: 'CL1',
    at: '2026-11-10T02:00:00Z',
    facts: { courseCode: 'BASICS' },
    ...change,
  };
}

describe("a client's points", () => {
  it('say why there are 240 of them: the rule, the tier, the campaign', async () => {
    await report([passed('1')]);
    await eventually('the course to be judged', async () => (await account()).available > 0);
    const { available, lots, statement } = await account();
    expect([available, statement.totalCount]).toEqual([240, 1]);
    expect(lots).toEqual([{ expiryMonth: expect.stringMatching(/^\d{4}-12$/), points: 240 }]);
    const [entry] = statement.edges;
    expect(entry!.node).toMatchObject({ kind: 'EARNED', available: 240, balanceAfter: 240 });
    const words = entry!.node.why.map(({ en }) => en).join('\n');
    expect(words).toContain('Event course.passed (school, id 1, at 2026-11-10');
    expect(words).toContain(
      'Rule "Course passed" (course-passed, earning-rules@2): 100 points to begin with.',
    );
    expect(words).toContain('"Education month: double points" × 2: 100 more.');
    expect(words).toContain('"Gold clients" × 1.2: 40 more.');
    expect(words).toContain('Given: 240 points.');
  });

  it('are cut to fit a cap, and taken back with the event, which frees the room', async () => {
    await report([passed('2')]);
    await eventually('the cap to cut', async () => (await account()).available === 300);
    const [cut] = (await account()).statement.edges;
    expect(cut!.node.why.map(({ en }) => en)).toContain('Cut from 240 to 60 by the cap per month.');
    await report([passed('undo-1', { reverses: '1' })]);
    await eventually('the first to be taken back', async () => (await account()).available === 60);
    await report([passed('3')]);
    await eventually('the room to be used again', async () => (await account()).available === 300);
  });

  it('of an event that was taken back before it came are none', async () => {
    const { available } = await account();
    await report([passed('undo-9', { reverses: '9' })]);
    await report([passed('9'), passed('10', { at: '2026-10-10T02:00:00Z' })]);
    await eventually(
      'the later event to be judged',
      async () => (await account()).available === available + 120,
    );
  });

  it('are adjusted by two people only, and the statement shows why', async () => {
    const maker = await platform.signIn('product-manager');
    const propose = async (input: object) =>
      (
        await platform.graphql<{
          proposePointsAdjustment: { __typename: string; approvalId: string; message: { en: string } };
        }>(maker, PROPOSE, { input: { customerNo: 'CL1', reason: 'Goodwill after an outage', ...input } })
      ).data.proposePointsAdjustment;
    const { available } = await account();
    const { approvalId } = await propose({ points: -20 });
    const own = await platform.graphql(maker, DECIDE, { ids: [approvalId] });
    expect(JSON.stringify(own)).toContain('FORBIDDEN');
    expect((await account()).available).toBe(available);
    await platform.graphql(await platform.signIn('reviewer'), DECIDE, { ids: [approvalId] });
    const after = await account();
    expect(after.available).toBe(available - 20);
    expect(after.statement.edges[0]!.node).toMatchObject({ kind: 'ADJUSTED', available: -20 });
    expect(after.statement.edges[0]!.node.why.map(({ zh }) => zh)).toContain(
      '原因：Goodwill after an outage',
    );

    for (const [input, says] of [
      [{ points: 0 }, 'other than zero'],
      [{ points: -1_000_000 }, 'can be spent'],
      [{ points: 5, reason: '  ' }, 'reason'],
      [{ points: 5, customerNo: 'CL404' }, 'no client'],
      [{ points: 5, pointType: 'MILES' }, 'no such type'],
    ] as const)
      expect((await propose(input)).message.en).toContain(says);
  });

  it('come in pages without a gap', async () => {
    const whole = await account({ first: 100 });
    const kinds: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { statement }: Awaited<ReturnType<typeof account>> = await account({ first: 2, after });
      kinds.push(...statement.edges.map(({ node }) => node.kind));
      ({ hasNextPage: more, endCursor: after } = statement.pageInfo);
    }
    expect(kinds).toEqual(whole.statement.edges.map(({ node }) => node.kind));
    expect(kinds).toHaveLength(whole.statement.totalCount);
  });

  it('are none of anybody whom nobody knows', async () => {
    const answer = await platform.graphql<AccountAnswer>(touchpoint, ACCOUNT, { customerNo: 'CL404' });
    expect(answer.data.loyaltyAccount).toBeNull();
  });
});

describe('the earning rules', () => {
  it('are told in words, with what is left of a budget', async () => {
    const { data } = await platform.graphql<{
      earningRules: {
        version: string;
        rules: { code: string }[];
        boosts: { code: string; budget: unknown }[];
      };
    }>(
      await platform.signIn('auditor'),
      `{ earningRules { version rules { code onTitle { zh } formula { zh en } limits { en } budget { remaining } }
         boosts { code percent group from until budget { code points remaining } } } }`,
    );
    expect(data.earningRules.version).toBe('earning-rules@2');
    expect(data.earningRules.rules.find(({ code }) => code === 'course-passed')).toMatchObject({
      onTitle: { zh: '通过课程' },
      formula: { zh: '每次 100 分' },
      limits: [{ en: 'At most 300 a month' }],
    });
    const campaign = data.earningRules.boosts.find(({ code }) => code === 'education-month')!;
    expect(campaign.budget).toMatchObject({ points: 500_000 });
    expect((campaign.budget as { remaining: number }).remaining).toBeLessThan(500_000);
  });
});
