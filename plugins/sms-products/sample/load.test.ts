import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemActor } from '../../../core/access/actor.ts';
import { House } from '../../../test/support/house.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { smsService } from '../service.ts';
import { loadSms, readSmsData } from './load.ts';

let house: House;

beforeAll(async () => {
  house = await House.start();
});
afterAll(() => house.stop());

test('six packages and four queries at their prices are on sale by SMS, and loading again changes nothing', async () => {
  const host = house.platform.app.hosts.of('sms-products');
  const { packages, queries } = readSmsData();
  expect(packages.map(({ keyword, points }) => [keyword, points])).toEqual([
    ['101', 300],
    ['102', 600],
    ['103', 300],
    ['201', 400],
    ['202', 200],
    ['203', 0],
  ]);
  expect(queries.map(({ keyword, points }) => [keyword, points])).toEqual([
    ['301', 10],
    ['302', 10],
    ['303', 20],
    ['304', 0],
  ]);
  await loadSms(host, () => undefined);
  await loadSms(host, () => undefined);
  for (const { code } of [...packages, ...queries]) expect((await house.product(code)).sale).toBe('LISTED');
  const states = async () => {
    const { edges } = await host.service(smsService).issues(undefined, { first: 10 });
    return edges.map(({ node }) => [node.productCode, node.state]).sort();
  };
  await eventually('approved issues are sent', async () =>
    (await states()).every(([, state]) => state !== 'SCHEDULED' && state !== 'SENDING'),
  );
  expect(await states()).toEqual([
    ['SMS-101', 'IN_REVIEW'],
    ['SMS-103', 'SENT'],
    ['SMS-203', 'SENT'],
  ]);
  const stranger = await host.service(smsService).receive(systemActor('test'), {
    from: '15400000000',
    text: 'DZ 101',
    gatewayMessageId: 'sample',
  });
  expect(stranger.inbound.partyIds).toEqual([]);
});
