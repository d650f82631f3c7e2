import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromRoot } from '../../../core/paths.ts';
import { walkLedger, type Decisions } from '../../../test/support/ledger-model/model.ts';

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Faults that a tired person might write. Each must be found by the model or by reading the entries back. */
const MUTANTS: readonly Mutant[] = [
  {
    name: 'spends the lots that expire last',
    file: 'lots.ts',
    find: 'for (const lot of lots)',
    replace: 'for (const lot of lots.toReversed())',
  },
  {
    name: 'takes a whole lot where a part is enough',
    file: 'lots.ts',
    find: 'Math.min(lot.points, missing)',
    replace: 'lot.points',
  },
  {
    name: 'claws back from any lot before its own',
    file: 'lots.ts',
    find: 'expiryMonth === own',
    replace: 'expiryMonth > own',
  },
  {
    name: 'keeps lots in the order in which they came',
    file: 'lots.ts',
    find: 'place < 0 ? rest.length : place',
    replace: 'rest.length',
  },
  {
    name: 'lets points live through one month more',
    file: 'settle.ts',
    find: 'expireBefore(monthOf(at));',
    replace: 'expireBefore(monthOf(new Date(at.getTime() - 31 * 86_400_000)));',
  },
  {
    name: 'lets points expire in their last month',
    file: 'settle.ts',
    find: 'lots.filter(({ expiryMonth }) => expiryMonth < month)',
    replace: 'lots.filter(({ expiryMonth }) => expiryMonth <= month)',
  },
  {
    name: 'makes points available a day late',
    file: 'settle.ts',
    find: 'if (releaseDay > today) break;',
    replace: 'if (releaseDay >= today) break;',
  },
  {
    name: 'forgets that a debt is repaid from what matures',
    file: 'settle.ts',
    find: 'const repaid = takeEarliest(lots, debt);',
    replace: 'const repaid = takeEarliest(lots, 0);',
  },
  {
    name: 'repays a debt after the lots that could have paid it expired',
    file: 'settle.ts',
    find: 'debt -= sumOf(repaid);',
    replace: 'debt = 0;',
  },
  {
    name: 'does not settle before a command',
    file: 'decide.ts',
    find: '  settle(book, policy);',
    replace: '  if (command.type === "settle") settle(book, policy);',
  },
  {
    name: 'does not repay a debt after a command',
    file: 'decide.ts',
    find: '  repayDebt(book, policy);',
    replace: '',
  },
  {
    name: 'keeps the account as it was after a refusal that settled it',
    file: 'decide.ts',
    find: 'return { account: book.account, journals: book.journals, ...outcome };',
    replace: 'return { account: situation.account, journals: book.journals, ...outcome };',
  },
  {
    name: 'gives held-back points at once',
    file: 'decide.ts',
    find: 'if (pendingDays > 0)',
    replace: 'if (pendingDays > 92)',
  },
  {
    name: 'counts days of holding back one short',
    file: 'decide.ts',
    find: 'addDays(book.at, pendingDays)',
    replace: 'addDays(book.at, pendingDays - 1)',
  },
  {
    name: 'lets an adjustment take more than there is',
    file: 'decide.ts',
    find: 'if (account.available < -points)',
    replace: 'if (account.available + account.pending < -points)',
  },
  {
    name: 'reserves one point more than there is',
    file: 'hold.ts',
    find: 'if (account.available < points)',
    replace: 'if (account.available + 1 < points)',
  },
  {
    name: 'reserves points that are not available yet',
    file: 'hold.ts',
    find: 'if (account.available < points)',
    replace: 'if (account.available + account.pending < points)',
  },
  {
    name: 'confirms what was released',
    file: 'hold.ts',
    find: "const against = unlessIn('RESERVED', redemption);\n  if (!redemption || against) return { refusal: against! };\n  const postings = redemption.slices.map",
    replace:
      "const against = redemption ? undefined : unlessIn('RESERVED', redemption);\n  if (!redemption || against) return { refusal: against! };\n  const postings = redemption.slices.map",
  },
  {
    name: 'releases a hold twice',
    file: 'hold.ts',
    find: "state: timesOut ? 'EXPIRED' : 'CANCELLED'",
    replace: "state: timesOut ? 'EXPIRED' : 'RESERVED'",
  },
  {
    name: 'times a hold out before its end',
    file: 'hold.ts',
    find: 'if (timesOut &&',
    replace: 'if (timesOut && book.account.seq < 0 &&',
  },
  {
    name: 'gives a released slice back to a month that is over',
    file: 'policy.ts',
    find: 'month >= now ? month : addMonths(now, returnedMonths)',
    replace: 'month',
  },
  {
    name: 'gives every returned slice a new month',
    file: 'policy.ts',
    find: 'month >= now ? month : addMonths(now, returnedMonths)',
    replace: 'addMonths(now, returnedMonths)',
  },
  {
    name: 'refunds what was refunded',
    file: 'hold.ts',
    find: 'const rest = sumOf(redemption.slices) - refundedOf(redemption);',
    replace: 'const rest = sumOf(redemption.slices);',
  },
  {
    name: 'refunds the part that expires first',
    file: 'hold.ts',
    find: 'redemption.slices.toReversed()',
    replace: '[...redemption.slices]',
  },
  {
    name: 'never closes a redemption that was refunded in parts',
    file: 'hold.ts',
    find: "points === rest ? 'REFUNDED' : 'CONFIRMED'",
    replace: "points === redemption.points ? 'REFUNDED' : 'CONFIRMED'",
  },
  {
    name: 'takes refunds of a merchant from the firm',
    file: 'hold.ts',
    find: '[...parts.map((part) => available(part, 1)), { account: paidTo(redemption), points: -points }]',
    replace: "[...parts.map((part) => available(part, 1)), { account: 'ISSUER', points: -points }]",
  },
  {
    name: 'takes an entry back twice',
    file: 'reverse.ts',
    find: 'taken: reversal.taken + points',
    replace: 'taken: points',
  },
  {
    name: 'takes back more than an entry gave',
    file: 'reverse.ts',
    find: 'if (rest === 0 || points > rest)',
    replace: 'if (rest === 0)',
  },
  {
    name: 'lets a client owe more than the policy says',
    file: 'reverse.ts',
    find: 'Math.max(owedMax - account.owed, 0)',
    replace: 'owedMax',
  },
  {
    name: 'claws back from available points before those held back',
    file: 'reverse.ts',
    find: 'Math.min(ownPending?.points ?? 0, points)',
    replace: 'Math.min(ownPending?.points ?? 0, Math.max(points - account.available, 0))',
  },
  {
    name: 'forgets to write off what cannot be got back',
    file: 'reverse.ts',
    find: "{ account: 'WRITTEN_OFF' as const, points: -writtenOff }",
    replace: "{ account: 'EXPIRED' as const, points: -writtenOff }",
  },
  {
    name: 'does not name the entry that it takes back',
    file: 'reverse.ts',
    find: 'reversesJournalId: original.id',
    replace: 'reversesJournalId: original.hash',
  },
  {
    name: 'owes twice what it says',
    file: 'account.ts',
    find: 'after.owed -= points;',
    replace: 'after.owed -= points < 0 ? 2 * points : points;',
  },
  {
    name: 'loses the lot of what matures',
    file: 'account.ts',
    find: "case 'PENDING':\n        after.pending += points;",
    replace: "case 'PENDING':\n        after.pending += 0;",
  },
  {
    name: 'chains an entry to nothing',
    file: 'journal.ts',
    find: 'prevHash: account.head,',
    replace: "prevHash: '',",
  },
  {
    name: 'leaves the cause out of the hash',
    file: 'journal.ts',
    find: '    postings,\n    cause,\n    by,\n    after,\n    prevHash,\n  };',
    replace: '    postings,\n    by,\n    after,\n    prevHash,\n  };',
  },
  {
    name: 'skips a number',
    file: 'journal.ts',
    find: 'const seq = account.seq + 1;',
    replace: 'const seq = account.seq + (account.seq === 7 ? 2 : 1);',
  },
  {
    name: 'says the balance before instead of after',
    file: 'journal.ts',
    find: 'after: balanceOf(account),',
    replace: 'after: balanceOf(this.account),',
  },
];

const WALKS = 150;
const STEPS = 80;
const LEDGER = fromRoot('plugins', 'loyalty', 'ledger');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-mutants-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the proof of the ledger', () => {
  test('lets the code pass as it is', async () => {
    const taken = walkLedger(await planted('as-it-is'), { walks: WALKS, steps: STEPS });
    expect(taken).toBe(WALKS * STEPS);
  });

  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'finds code that %s',
    async (name, mutant) => {
      const ledger = await planted(name.replaceAll(/\W+/g, '-'), mutant);
      expect(() => walkLedger(ledger, { walks: WALKS, steps: STEPS, shrink: false })).toThrow();
    },
  );
});

/** The ledger's own code, copied, with one fault planted in it. */
async function planted(name: string, mutant?: Mutant): Promise<Decisions> {
  const copy = join(folder, name);
  cpSync(LEDGER, copy, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  if (mutant) {
    const file = join(copy, mutant.file);
    const text = readFileSync(file, 'utf8');
    // A patch that no longer fits is a mutant that nobody tests.
    expect({ [mutant.find]: text.split(mutant.find).length - 1 }).toEqual({ [mutant.find]: 1 });
    writeFileSync(
      file,
      text.replace(mutant.find, () => mutant.replace),
    );
  }
  for (const file of readdirSync(copy)) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'../../../core/", `'${fromRoot('core')}/`));
  }
  // One after the other: modules of one copy import each other.
  const load = <T>(file: string) => import(pathToFileURL(join(copy, file)).href) as Promise<T>;
  const { decide } = await load<Pick<Decisions, 'decide'>>('decide.ts');
  const { openAccount } = await load<Pick<Decisions, 'openAccount'>>('account.ts');
  return { decide, openAccount };
}
