import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { House } from '../../test/support/house.ts';
import { definePlugin } from '../plugin/contract.ts';
import type { WorkbenchRow } from '../plugin/workbench.ts';
import { addDays, businessDate, startOfBusinessDate } from '../time/business-day.ts';
import { inOrder } from './read.ts';

const text = (word: string) => ({ zh: word, en: word });

/** Says what it has, and one part of each sort fails. */
const contributor = definePlugin(() => ({
  name: 'contributor',
  version: '1.0.0',
  requires: { core: '*' },
  permissions: [{ code: 'contributor.see', title: text('see'), roles: ['auditor'] }],
  workbenchTasks: [
    {
      code: 'broken',
      title: text('broken'),
      verb: text('open'),
      permission: 'contributor.see',
      find: () => Promise.reject(new Error('the list behind it is away')),
    },
  ],
  workbenchFigures: [
    {
      code: 'seven',
      title: text('seven'),
      permission: 'contributor.see',
      link: '/seven',
      read: () => Promise.resolve({ value: 7, unit: 'POINTS' as const }),
    },
    {
      code: 'broken',
      title: text('broken'),
      permission: 'contributor.see',
      link: '/broken',
      read: () => Promise.reject(new Error('the number is away')),
    },
  ],
  workbenchSchedule: [
    {
      code: 'ends',
      title: text('ends'),
      permission: 'contributor.see',
      between: (_host, from, until) =>
        Promise.resolve([
          { at: new Date(until.getTime() - 1), title: text('last'), barred: true },
          { at: from, title: text('first') },
        ]),
    },
    {
      code: 'broken',
      title: text('broken'),
      permission: 'contributor.see',
      between: () => Promise.reject(new Error('the calendar is away')),
    },
  ],
}));

const WORKBENCH = `{ workbench { at todayMissing { en }
  tasks { code rows { title { en } detail { zh } count when at link } }
  today { at barred sort { en } title { en } }
  figures { code value unit link } } }`;

interface Answer {
  readonly workbench: {
    readonly at: string;
    readonly todayMissing: readonly { readonly en: string }[];
    readonly tasks: readonly {
      readonly code: string;
      readonly rows:
        readonly { readonly count: number; readonly link: string; readonly detail: { zh: string } }[] | null;
    }[];
    readonly today: readonly {
      readonly at: string;
      readonly barred: boolean;
      readonly title: { en: string };
    }[];
    readonly figures: readonly { readonly code: string; readonly value: number | null }[];
  };
}

let house: House;
beforeAll(async () => {
  house = await House.start({ plugins: [contributor()] });
});
afterAll(() => house.stop());

async function workbenchOf(token: string | Promise<string>): Promise<Answer['workbench']> {
  return (await house.ask<Answer>(token, WORKBENCH)).workbench;
}

const CREATE = `mutation ($input: CreateProductInput!) { createProduct(input: $input) {
  ... on DraftSaved { product { id } } } }`;
const SUSPEND = `mutation ($code: String!, $reason: String!) { placeSwitch(code: $code, reason: $reason) { id } }`;
const LIFT = `mutation ($id: ID!) { proposeSwitchLift(id: $id, reason: "已经查明，可以恢复") { approvalId } }`;

describe('the workbench', () => {
  test('shows a checker what another person proposed, by sort, and never their own', async () => {
    const reviewer = house.as('reviewer');
    const { placeSwitch } = await house.ask<{ placeSwitch: { id: string } }>(reviewer, SUSPEND, {
      code: 'redemption',
      reason: '盘中核查异常',
    });
    await house.ask(house.as('product-manager'), LIFT, { id: placeSwitch.id });
    const both = await house.hire('both', ['product-manager', 'reviewer']);
    const approvals = async (token: string | Promise<string>) =>
      (await workbenchOf(token)).tasks.find(({ code }) => code === 'approvals');
    expect((await approvals(reviewer))?.rows).toMatchObject([
      { count: 1, when: 'SINCE', link: '/approvals?type=switch.lift' },
    ]);
    expect((await approvals(reviewer))?.rows?.[0]?.detail.zh).toContain('已经查明，可以恢复');
    expect((await approvals(both))?.rows).toHaveLength(1);
    expect(await approvals(house.as('product-manager'))).toBeUndefined();
  });

  test('what one proposed does not wait for oneself', async () => {
    const both = await house.hire('alone', ['product-manager', 'reviewer']);
    const { placeSwitch } = await house.ask<{ placeSwitch: { id: string } }>(both, SUSPEND, {
      code: 'sales',
      reason: '全部暂停销售',
    });
    await house.ask(both, LIFT, { id: placeSwitch.id });
    const rowsOf = async (token: string | Promise<string>) =>
      (await workbenchOf(token)).tasks.find(({ code }) => code === 'approvals')?.rows ?? [];
    const [mine] = await rowsOf(both);
    const [others] = await rowsOf(house.as('reviewer'));
    expect(others!.count - (mine?.count ?? 0)).toBe(1);
  });

  test('a part that fails is missing by name; what others say is there', async () => {
    const { tasks, figures, today, todayMissing, at } = await workbenchOf(house.as('auditor'));
    expect(tasks.find(({ code }) => code === 'broken')?.rows).toBeNull();
    expect(figures).toContainEqual({ code: 'seven', value: 7, unit: 'POINTS', link: '/seven' });
    expect(figures).toContainEqual({ code: 'broken', value: null, unit: null, link: '/broken' });
    expect(figures).toContainEqual(expect.objectContaining({ code: 'listed-products', value: 0 }));
    expect(todayMissing).toEqual([{ en: 'broken' }]);
    const from = startOfBusinessDate(businessDate(new Date(at)));
    expect(today.map(({ title, barred }) => [title.en, barred])).toEqual([
      ['first', false],
      ['last', true],
    ]);
    expect(today.map((moment) => moment.at)).toEqual([
      from.toISOString(),
      new Date(addDays(from, 1).getTime() - 1).toISOString(),
    ]);
  });

  test('whoever may see none of it is shown nothing of it', async () => {
    const { tasks, figures, today } = await workbenchOf(house.touchpoint('APP'));
    expect({ tasks, figures, today }).toEqual({ tasks: [], figures: [], today: [] });
  });

  test('the figure of listed products leaves drafts out', async () => {
    const input = { code: 'WB-1', kind: 'digest', draft: { name: { zh: '草稿' }, attributes: {} } };
    await house.ask(house.as('product-manager'), CREATE, { input });
    const { figures } = await workbenchOf(house.as('product-manager'));
    expect(figures.find(({ code }) => code === 'listed-products')?.value).toBe(0);
  });
});

describe('rows in order', () => {
  const row = fc.record({
    title: fc.constant(text('x')),
    count: fc.constant(1),
    when: fc.constantFrom<WorkbenchRow['when'][]>('SINCE', 'FAILED', 'DUE'),
    at: fc.date({ noInvalidDate: true }),
    link: fc.constant('/'),
  });

  test('the nearest deadline stands first, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const ordered = inOrder(rows);
        expect(new Set(ordered)).toEqual(new Set(rows));
        const due = ordered.filter(({ when }) => when === 'DUE');
        expect(ordered.slice(0, due.length)).toEqual(due);
        for (const [index, { at }] of due.entries())
          expect(due[index + 1]?.at.getTime() ?? Infinity).toBeGreaterThanOrEqual(at.getTime());
      }),
    );
  });
});

describe('the trace by verb and time', () => {
  const TRACES = `query ($action: String, $from: DateTime, $until: DateTime) {
    traces(first: 100, action: $action, from: $from, until: $until) { edges { node { id at action } } }
    traceSealing { sealNo waiting } }`;
  interface Traces {
    readonly traces: {
      readonly edges: readonly { readonly node: { id: string; at: string; action: string } }[];
    };
  }

  test('is narrowed to a verb and to a half-open span of time; a record is found by its id', async () => {
    const token = house.as('auditor');
    const all = (await house.ask<Traces>(token, TRACES)).traces.edges.map(({ node }) => node);
    const { action } = all[0]!;
    const same = await house.ask<Traces>(token, TRACES, { action });
    expect(same.traces.edges.map(({ node }) => node)).toEqual(all.filter((one) => one.action === action));
    const at = all[Math.floor(all.length / 2)]!.at;
    const before = await house.ask<Traces>(token, TRACES, { until: at });
    const after = await house.ask<Traces>(token, TRACES, { from: at });
    expect(before.traces.edges.map(({ node }) => node)).toEqual(all.filter((one) => one.at < at));
    expect(after.traces.edges.map(({ node }) => node)).toEqual(all.filter((one) => one.at >= at));
    const found = await house.ask<{ trace: { id: string } }>(
      token,
      'query ($id: ID!) { trace(id: $id) { id } }',
      {
        id: all[0]!.id,
      },
    );
    expect(found.trace.id).toBe(all[0]!.id);
  });
});
