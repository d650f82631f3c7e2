import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { suitabilityService } from '../suitability/service.ts';
import { RULE_VERSIONS, type RuleVersionRecord } from './records.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';

const PROPOSE = `mutation($data: JSON!, $reason: String!) { proposeRule(kind: "suitability-policy", data: $data, reason: $reason) {
  ... on RuleProposed { approvalId version } ... on RuleInvalid { code problems { path message } } } }`;
const DECIDE = `mutation($id: ID!, $decision: ApprovalIntent!, $comment: String) { decideApprovals(ids: [$id], decision: $decision, comment: $comment) {
  result { __typename ... on Refusal { code message { en } } } } }`;
const VERSIONS =
  '{ ruleVersions(kind: "suitability-policy") { version state origin makerName checkerName } }';

interface Decided {
  decideApprovals: { result: { code: string } }[];
}

interface Pack {
  id: string;
  version: number;
  matrix: Record<string, Record<string, string>>;
}

let one: TestPlatform;
let two: TestPlatform;
let maker: string;
let checker: string;
let shipped: Pack;

beforeAll(async () => {
  one = await startPlatform();
  two = await startPlatform({ beside: one });
  maker = await one.signIn('product-manager');
  checker = await one.signIn('reviewer');
  shipped = readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json') as Pack;
});
afterAll(async () => {
  await two?.stop();
  await one?.stop();
});

function cellOf(platform: TestPlatform): unknown {
  const { pack } = platform.app.hosts.core.service(suitabilityService).policy() as unknown as { pack: Pack };
  return pack.matrix.C2!.R5;
}

function changed(cell: string): Pack {
  return { ...shipped, matrix: { ...shipped.matrix, C2: { ...shipped.matrix.C2, R5: cell } } };
}

describe('rule data', () => {
  test('that two people have changed holds on every process without a restart', async () => {
    const before = cellOf(one);
    const cell = before === 'FORBIDDEN' ? 'WARN_REQUIRED' : 'FORBIDDEN';
    const proposed = await one.graphql<{ proposeRule: { approvalId: string; version: string } }>(
      maker,
      PROPOSE,
      {
        data: changed(cell),
        reason: 'C2 clients are not to be sold R5',
      },
    );
    expect(proposed.errors).toBeUndefined();
    expect(proposed.data.proposeRule.version).toBe(`${shipped.id}@${shipped.version + 1}`);
    expect(cellOf(one)).toBe(before);
    const decided = await one.graphql(checker, DECIDE, {
      id: proposed.data.proposeRule.approvalId,
      decision: 'APPROVE',
    });
    expect(decided.errors).toBeUndefined();
    await eventually('both processes decide by it', () => cellOf(one) === cell && cellOf(two) === cell);
    const { data } = await one.graphql<{ ruleVersions: unknown[] }>(checker, VERSIONS);
    expect(data.ruleVersions).toEqual([
      expect.objectContaining({
        state: 'IN_FORCE',
        origin: 'STAFF',
        makerName: expect.any(String),
        checkerName: expect.any(String),
      }),
      expect.objectContaining({ state: 'SUPERSEDED', origin: 'SHIPPED' }),
    ]);
  });

  test('that lacks a cell is refused, naming it', async () => {
    const { R3: _gone, ...rest } = shipped.matrix.C2!;
    const { data } = await one.graphql<{ proposeRule: { code: string; problems: { path: string }[] } }>(
      maker,
      PROPOSE,
      {
        data: { ...shipped, matrix: { ...shipped.matrix, C2: rest } },
        reason: 'a hole',
      },
    );
    expect(data.proposeRule.code).toBe('RULE_INVALID');
    expect(data.proposeRule.problems.map(({ path }) => path).join()).toContain('C2');
  });

  test('that is rejected never comes into force', async () => {
    const before = cellOf(one);
    const proposed = await one.graphql<{ proposeRule: { approvalId: string } }>(maker, PROPOSE, {
      data: changed('WARN_REQUIRED'),
      reason: 'too kind',
    });
    await one.graphql(checker, DECIDE, {
      id: proposed.data.proposeRule.approvalId,
      decision: 'REJECT',
      comment: 'no',
    });
    const { data } = await one.graphql<{ ruleVersions: { state: string }[] }>(checker, VERSIONS);
    expect(data.ruleVersions[0]!.state).toBe('REJECTED');
    expect(cellOf(one)).toBe(before);
  });

  test('that was sound when it was proposed and no longer is when it is decided stays out', async () => {
    const before = cellOf(one);
    const proposed = await one.graphql<{ proposeRule: { approvalId: string; version: string } }>(
      maker,
      PROPOSE,
      { data: changed('WARN_REQUIRED'), reason: 'sound for now' },
    );
    const { approvalId: id, version } = proposed.data.proposeRule;
    // As if another rule that it is checked against had come into force meanwhile.
    const unsound = { $set: { data: JSON.stringify({ ...shipped, highRiskFrom: 'R9' }) } };
    await one.app.database.model(RULE_VERSIONS).updateOne({ _id: `suitability-policy:${version}` }, unsound);
    const { data } = await one.graphql<Decided>(checker, DECIDE, { id, decision: 'APPROVE' });
    expect(data.decideApprovals[0]!.result).toMatchObject({
      code: 'RULE_DATA_INVALID',
      message: { en: expect.stringContaining('highRiskFrom') },
    });
    expect(cellOf(one)).toBe(before);
  });

  test('that is in force and cannot be used refuses the start, naming the place', async () => {
    const versions = one.app.database.model<RuleVersionRecord>(RULE_VERSIONS);
    const inForce = { kind: 'suitability-policy', state: 'IN_FORCE' } as const;
    const { data: sound } = (await versions.findOne(inForce).lean<RuleVersionRecord>())!;
    await versions.updateOne(inForce, { $set: { data: JSON.stringify({ ...shipped, highRiskFrom: 'R9' }) } });
    await expect(startPlatform({ beside: one })).rejects.toMatchObject({
      code: 'RULE_DATA_INVALID',
      message: expect.stringContaining('highRiskFrom'),
    });
    await versions.updateOne(inForce, { $set: { data: sound } });
  });

  test('is not for a touchpoint to change', async () => {
    const answer = await one.graphql(one.apiClients[0]!.token, PROPOSE, { data: shipped, reason: 'x' });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'rule.propose' });
  });
});
