import { describe, expect, test } from '@jest/globals';
import { Records } from '../index/records.ts';
import { primary } from '../store/catalog.ts';
import type { Collection } from '../store/catalog.ts';
import { Overlay } from '../store/overlay.ts';
import { decode, encode } from '../wire/bson.ts';
import { choosePlan } from './choose.ts';
import { Scan } from './scan.ts';

const collection: Collection = {
  id: 1,
  ns: 'd.c',
  indexes: [primary()],
  version: 0,
  flags: 0,
  flagsSaved: 0,
};

describe('a scan whose time is over', () => {
  const documents = new Overlay({ get: () => undefined, range: () => [] });
  const records = new Records(collection, documents, () => undefined);
  for (let _id = 0; _id < 100; _id++) {
    const raw = encode({ _id, even: _id % 2 === 0 });
    records.insert(raw, decode(raw));
  }

  test.each([
    ['that finds', () => true],
    ['that finds nothing', () => false],
  ])('%s, lets others run after 16 entries, and goes on behind them', (_what, matches) => {
    const scan = new Scan(choosePlan(collection, { filter: {} }), matches);
    let steps = 0;
    let found = 0;
    let state = 'paused';
    while (state === 'paused') {
      const before = scan.keysExamined;
      state = scan.step(documents, () => ++found > 0, 0);
      steps++;
      expect(scan.keysExamined - before).toBeLessThanOrEqual(16);
    }
    expect(state).toBe('done');
    expect(steps).toBe(7);
    expect(scan.keysExamined).toBe(100);
  });
});
