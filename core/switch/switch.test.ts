import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../../test/support/eventually.ts';
import { House } from '../../test/support/house.ts';
import { startTestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { CONFIRMED_FOR_MS, refusalBy } from './refusal.ts';
import { SwitchService, switchService } from './service.ts';

const ADMIN = systemActor('test');

describe('what the switches say', () => {
  const active = [
    { code: 'sales', reason: 'all' },
    { code: 'product', ref: 'A', reason: 'one' },
  ];

  test('a switch of all stops every one, a switch of one stops that one alone', () => {
    const by = (known: typeof active, code: string, ref?: string) =>
      refusalBy({ active: known, confirmedMs: 0 }, [{ code, ...(ref ? { ref } : {}) }], new Map(), 1)?.code;
    expect(by([active[1]!], 'product', 'A')).toBe('SWITCHED_OFF');
    expect(by([active[1]!], 'product', 'B')).toBeUndefined();
    expect(by([active[0]!], 'sales')).toBe('SWITCHED_OFF');
    expect(by([{ code: 'product', reason: 'every product' }], 'product', 'B')).toBe('SWITCHED_OFF');
  });

  test('nothing goes on by knowledge older than four seconds, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 20_000 }),
        (asked, after) => {
          const said = refusalBy(
            { active: [], confirmedMs: asked },
            [{ code: 'sales' }],
            new Map(),
            asked + after,
          );
          expect(said?.code).toBe(after < CONFIRMED_FOR_MS ? undefined : 'SWITCHES_UNCONFIRMED');
        },
      ),
    );
    expect(refusalBy(undefined, [], new Map(), 0)?.code).toBe('SWITCHES_UNCONFIRMED');
  });
});

describe('a process', () => {
  test('that is cut off from the database refuses after four seconds, and goes on when it is back', async () => {
    const host = await startTestHost();
    let nowMs = 0;
    let away = false;
    const model = (name: string) => {
      if (away) throw new Error('the database is away');
      return host.core.model(name);
    };
    const service = new SwitchService({ ...host.core, model: model as never }, () => nowMs);
    const sales = [{ code: 'sales' }];
    expect(await service.refusalOf(sales)).toBeUndefined();
    away = true;
    nowMs = CONFIRMED_FOR_MS - 1;
    expect(await service.refusalOf(sales)).toBeUndefined();
    nowMs = CONFIRMED_FOR_MS;
    expect(await service.refusalOf(sales)).toMatchObject({ code: 'SWITCHES_UNCONFIRMED' });
    away = false;
    expect(await service.refusalOf(sales)).toBeUndefined();
    await host.close();
  });
});

describe('a switch', () => {
  let house: House;
  let beside: House;
  beforeAll(async () => {
    house = await House.start();
    beside = await House.start({ beside: house.platform });
  });
  afterAll(async () => {
    await beside.stop();
    await house.stop();
  });
  const refusal = (of: House) =>
    of.platform.app.hosts.core.service(switchService).refusalOf([{ code: 'product', ref: 'X' }]);

  test('is placed by one person at once, holds on every process, and is lifted by two', async () => {
    const manager = house.as('product-manager');
    const { placeSwitch } = await house.ask<{ placeSwitch: { id: string; active: boolean } }>(
      manager,
      'mutation { placeSwitch(code: "product", ref: "X", reason: "价格录入错误") { id active } }',
    );
    expect(placeSwitch.active).toBe(true);
    expect((await refusal(house))?.text.zh).toContain('价格录入错误');
    await eventually('the other process refuses, too', async () => (await refusal(beside)) !== undefined);
    const { proposeSwitchLift } = await house.ask<{ proposeSwitchLift: { approvalId: string } }>(
      manager,
      'mutation ($id: ID!) { proposeSwitchLift(id: $id, reason: "corrected") { approvalId } }',
      { id: placeSwitch.id },
    );
    expect(await refusal(house)).toBeDefined();
    await house.approve([proposeSwitchLift.approvalId]);
    for (const one of [house, beside])
      await eventually('it goes on', async () => (await refusal(one)) === undefined);
    const { switches } = await house.ask<{ switches: { edges: { node: Record<string, unknown> }[] } }>(
      house.as('auditor'),
      '{ switches(active: false) { edges { node { code ref active liftedBecause } } } }',
    );
    expect(switches.edges.map(({ node }) => node)).toEqual([
      { code: 'product', ref: 'X', active: false, liftedBecause: 'corrected' },
    ]);
  });

  test.each([
    ['that nobody declares', { code: 'weather', reason: 'too warm today' }],
    ['of something without saying of which', { code: 'product', reason: 'long enough' }],
    ['of all that names one', { code: 'sales', ref: 'X', reason: 'long enough' }],
    ['without a reason', { code: 'sales', reason: ' ' }],
  ])('%s is not placed', async (_title, input) => {
    const service = house.platform.app.hosts.core.service(switchService);
    await expect(service.place(ADMIN, input)).rejects.toMatchObject({ code: 'SWITCH_INVALID' });
  });

  test('placed again is one switch', async () => {
    const service = house.platform.app.hosts.core.service(switchService);
    const first = await service.place(ADMIN, { code: 'redemption', reason: 'first of them' });
    const again = await service.place(ADMIN, { code: 'redemption', reason: 'second of them' });
    expect(again._id).toBe(first._id);
  });
});
