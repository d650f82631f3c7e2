import { describe, expect, test } from '@jest/globals';
import { walkLedger } from '../../../test/support/ledger-model/model.ts';
import { openAccount } from './account.ts';
import { decide } from './decide.ts';

/** More with TESSERA_TEST_LEDGER_STEPS, e.g. 1000000. */
const STEPS = Number(process.env.TESSERA_TEST_LEDGER_STEPS ?? 100_000);
const STEPS_PER_WALK = 100;

describe('the ledger', () => {
  test(`comes to what a plain second telling comes to, over ${STEPS} steps`, () => {
    const taken = walkLedger(
      { decide, openAccount },
      { walks: STEPS / STEPS_PER_WALK, steps: STEPS_PER_WALK },
    );
    expect(taken).toBe(STEPS);
  });
});
