import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fundListCsv } from '../../test/support/fund-list.ts';
import { House } from '../../test/support/house.ts';
import { eventually } from '../../test/support/eventually.ts';
import { POOLS } from './pool.ts';
import { inventedFunds } from '../../test/support/invented-funds.ts';

/** Rated funds of one type, so that each test takes funds that no other touches. */
const funds = inventedFunds({ seed: 21, count: 800, onDate: '2026-01-01' })
  .filter(({ type }) => type === '混合型-偏股')
  .slice(0, 40);
let house: House;
let taken = 0;

beforeAll(async () => {
  house = await House.start();
  await house.importFile('funds', fundListCsv(funds));
  await house.approve((await house.submit({ filter: { kind: 'fund' } })).approvals);
  await house.approve((await house.list({ filter: { kind: 'fund' } }, ['APP'])).approvals);
});
afterAll(() => house.stop());

/** Codes of funds that are in no pool and that only the caller uses. */
function fresh(count: number): string[] {
  const codes = funds.slice(taken, taken + count).map(({ code }) => code);
  taken += count;
  if (codes.length < count) throw new Error('There are not enough funds for all tests.');
  return codes;
}

interface Member {
  readonly code: string;
  readonly pool: string;
  readonly reason: string;
  readonly since: string;
  readonly reviewDue: string | null;
  readonly history: readonly {
    readonly from: string | null;
    readonly to: string;
    readonly makerName: string;
    readonly checkerName: string;
  }[];
}

async function member(code: string): Promise<Member | null> {
  const query = `query ($code: String!) { fundPoolMember(code: $code) {
    code pool reason since reviewDue history { from to makerName checkerName } } }`;
  return (await house.ask<{ fundPoolMember: Member | null }>(house.as('auditor'), query, { code }))
    .fundPoolMember;
}

async function bars(code: string): Promise<string[]> {
  const { blocks } = await house.product(code);
  expect(blocks.every(({ owner }) => owner === 'fund-pool')).toBe(true);
  return blocks.map(({ scope }) => scope).sort();
}

async function counts(): Promise<Record<string, number>> {
  const { fundPools } = await house.ask<{ fundPools: { pool: string; count: number }[] }>(
    house.as('auditor'),
    '{ fundPools { pool count } }',
  );
  return Object.fromEntries(fundPools.map(({ pool, count }) => [pool, count]));
}

describe('a move between pools', () => {
  /** How a fund gets into each pool, and where it may go from there. */
  const paths: readonly { from: string; by: readonly string[]; to: string }[] = [
    { from: 'none', by: [], to: 'BASE CANDIDATE WATCH FORBIDDEN' },
    { from: 'BASE', by: ['BASE'], to: 'CANDIDATE WATCH FORBIDDEN OUT' },
    { from: 'CANDIDATE', by: ['CANDIDATE'], to: 'BASE CORE WATCH FORBIDDEN OUT' },
    { from: 'CORE', by: ['CANDIDATE', 'CORE'], to: 'BASE CANDIDATE WATCH FORBIDDEN OUT' },
    { from: 'WATCH', by: ['WATCH'], to: 'BASE CANDIDATE CORE FORBIDDEN OUT' },
    { from: 'FORBIDDEN', by: ['FORBIDDEN'], to: 'BASE OUT' },
    { from: 'OUT', by: ['BASE', 'OUT'], to: 'BASE CANDIDATE WATCH FORBIDDEN' },
  ];

  test.each(paths)('from $from goes to $to and nowhere else', async ({ from, by, to }) => {
    const [code] = fresh(1) as [string];
    for (const pool of by) await house.move([code], pool);
    expect((await member(code))?.pool ?? 'none').toBe(from);
    const allowed: string[] = [];
    for (const pool of POOLS) {
      const proposed = await house.proposeMoves([code], pool);
      if (proposed.approvalId === undefined)
        expect(proposed.reasons).toEqual([{ code: expect.stringMatching(/^POOL_/), path: code }]);
      else allowed.push(pool);
    }
    expect(allowed.join(' ')).toBe(to);
    expect((await member(code))?.pool ?? 'none').toBe(from);
  });

  test('moves all of its funds or none, and says of each what stands against it', async () => {
    const [one, two] = fresh(2) as [string, string];
    await house.move([two], 'BASE');
    const refused = await house.proposeMoves([one, two, '999999'], 'BASE');
    expect(refused).toMatchObject({
      __typename: 'FundMovesRefused',
      reasons: [
        { code: 'FUND_UNKNOWN', path: '999999' },
        { code: 'POOL_SAME', path: two },
      ],
    });
    expect(await member(one)).toBeNull();
    await house.move([one, two], 'CANDIDATE');
    expect([(await member(one))!.pool, (await member(two))!.pool]).toEqual(['CANDIDATE', 'CANDIDATE']);
  });

  test('takes two people: the proposer cannot approve, others without the permission can do neither', async () => {
    const [code] = fresh(1) as [string];
    const both = await house.hire('pool.both', ['product-manager', 'reviewer']);
    const mutation = `mutation ($input: FundMovesInput!) { proposeFundMoves(input: $input) { ... on FundMovesProposed { approvalId } } }`;
    const input = { codes: [code], to: 'BASE', reason: '初选' };
    const { proposeFundMoves } = await house.ask<{ proposeFundMoves: { approvalId: string } }>(
      both,
      mutation,
      { input },
    );
    const ids = [proposeFundMoves.approvalId];
    expect(await house.decide(ids, both)).toEqual([{ __typename: 'SelfApproval', code: 'SELF_APPROVAL' }]);
    for (const role of ['auditor', 'reviewer'])
      expect(await house.errorCodes(house.as(role), mutation, { input })).toEqual(['FORBIDDEN']);
    expect(await member(code)).toBeNull();
    expect(await house.decide(ids)).toEqual([{ __typename: 'Approval' }]);
    const { history } = (await member(code))!;
    expect(history).toEqual([{ from: null, to: 'BASE', makerName: 'pool.both', checkerName: '周明澈' }]);
  });

  test('that was rejected changes nothing', async () => {
    const [code] = fresh(1) as [string];
    const { approvalId } = await house.proposeMoves([code], 'FORBIDDEN');
    expect(await house.decide([approvalId!], undefined, 'REJECT')).toEqual([{ __typename: 'Approval' }]);
    expect([await member(code), await bars(code)]).toEqual([null, []]);
  });

  test('cannot be approved once a fund has moved since the proposal', async () => {
    const [code, beside] = fresh(2) as [string, string];
    const first = await house.proposeMoves([code], 'WATCH');
    const second = await house.proposeMoves([beside, code], 'BASE');
    await house.approve([first.approvalId!]);
    expect(await house.decide([second.approvalId!])).toEqual([
      { __typename: 'SubjectChanged', code: 'SUBJECT_CHANGED' },
    ]);
    expect([(await member(code))!.pool, await member(beside)]).toEqual(['WATCH', null]);
  });

  test('needs a reason and between 1 and 100 funds', async () => {
    const mutation = `mutation ($input: FundMovesInput!) { proposeFundMoves(input: $input) { __typename } }`;
    const [code] = fresh(1) as [string];
    const codes = (input: object) =>
      house.errorCodes(house.as('product-manager'), mutation, {
        input: { codes: [code], to: 'BASE', reason: '初选', ...input },
      });
    expect(await codes({ reason: ' ' })).toEqual(['REASON_MISSING']);
    expect(await codes({ codes: [] })).toEqual(['FUND_MOVES_TOO_MANY']);
    expect(await codes({ codes: Array.from({ length: 101 }, () => code) })).toEqual(['FUND_MOVES_TOO_MANY']);
  });
});

describe('what a pool means for sale', () => {
  test('forbidden bars listing and sale at once; back in the base pool it can be resumed', async () => {
    const [code] = fresh(1) as [string];
    const { id } = await house.product(code);
    await house.move([code], 'FORBIDDEN');
    expect([await bars(code), (await house.product(code)).sale]).toEqual([['list', 'sell'], 'SUSPENDED']);
    await eventually('it is not shown', async () => (await shown(code)) === null);
    expect((await house.change('resume', [id])).done).toBe(0);
    await house.move([code], 'BASE');
    expect([await bars(code), (await house.product(code)).sale]).toEqual([[], 'SUSPENDED']);
    expect((await house.change('resume', [id])).done).toBe(1);
    await eventually('it is on sale again', async () => (await shown(code))?.purchasable === true);
  });

  test('out of all pools bars new sale, and it is still shown to those who hold it', async () => {
    const [code] = fresh(1) as [string];
    await house.move([code], 'BASE');
    await house.move([code], 'OUT');
    expect([await bars(code), (await house.product(code)).sale]).toEqual([['sell'], 'LISTED']);
    await eventually('it cannot be bought', async () => (await shown(code))?.notPurchasable === 'BLOCKED');
    await house.move([code], 'CANDIDATE');
    expect(await bars(code)).toEqual([]);
    await eventually('it can be bought', async () => (await shown(code))?.purchasable === true);
  });

  test('from forbidden to out leaves the bar on sale alone', async () => {
    const [code] = fresh(1) as [string];
    await house.move([code], 'FORBIDDEN');
    await house.move([code], 'OUT');
    expect(await bars(code)).toEqual(['sell']);
  });

  test('the other pools bar nothing', async () => {
    const [code] = fresh(1) as [string];
    for (const pool of ['BASE', 'CANDIDATE', 'CORE', 'WATCH']) {
      await house.move([code], pool);
      expect([pool, await bars(code)]).toEqual([pool, []]);
    }
  });

  async function shown(code: string) {
    const query = `query ($code: String!) { browseProduct(code: $code, channel: APP) { purchasable notPurchasable } }`;
    const { browseProduct } = await house.ask<{
      browseProduct: { purchasable: boolean; notPurchasable: string | null } | null;
    }>(house.touchpoint('APP'), query, { code });
    return browseProduct;
  }
});

describe('what staff see of the pools', () => {
  test('where a fund stands, since when and why, when it is reviewed, and its moves, newest first', async () => {
    const [code] = fresh(1) as [string];
    expect(await member(code)).toBeNull();
    expect(await member('999999')).toBeNull();
    for (const pool of ['BASE', 'CANDIDATE', 'CORE']) await house.move([code], pool);
    const found = (await member(code))!;
    expect(found).toMatchObject({ code, pool: 'CORE', reason: '投研决议' });
    expect(found.history.map(({ from, to }) => [from, to])).toEqual([
      ['CANDIDATE', 'CORE'],
      ['BASE', 'CANDIDATE'],
      [null, 'BASE'],
    ]);
    const days = (Date.parse(found.reviewDue!) - Date.parse(found.since)) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(89);
    expect(days).toBeLessThanOrEqual(92);
    await house.move([code], 'WATCH');
    expect((await member(code))!.reviewDue).toBeNull();
  });

  test('how many funds each pool holds, and its funds page by page, each once', async () => {
    const codes = fresh(5);
    const before = await counts();
    await house.move(codes, 'BASE');
    const after = await counts();
    expect(after).toEqual({ ...before, BASE: before.BASE! + 5 });
    const query = `query ($after: String) { fundPoolMembers(pool: BASE, first: 2, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { code } } } }`;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { fundPoolMembers }: MembersPage = await house.ask(house.as('reviewer'), query, {
        after: cursor,
      });
      expect(fundPoolMembers.totalCount).toBe(after.BASE);
      seen.push(...fundPoolMembers.edges.map(({ node }) => node.code));
      cursor = fundPoolMembers.pageInfo.hasNextPage ? fundPoolMembers.pageInfo.endCursor : null;
    } while (cursor !== null);
    expect(seen).toHaveLength(after.BASE!);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(codes));
    expect(await house.errorCodes(house.as('reviewer'), query, { after: 'bm9wZQ' })).toEqual([
      'CURSOR_INVALID',
    ]);
  });

  test('nobody sees them without the permission', async () => {
    expect(await house.errorCodes(house.touchpoint('APP'), '{ fundPools { count } }')).toEqual(['FORBIDDEN']);
  });
});

interface MembersPage {
  readonly fundPoolMembers: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: { readonly code: string } }[];
  };
}
