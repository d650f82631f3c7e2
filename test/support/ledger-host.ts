import { systemActor, type Actor } from '../../core/access/actor.ts';
import { ruleService } from '../../core/rule/service.ts';
import { ensureSequence } from '../../core/catalog/publish.ts';
import { ManualClock, type Clock } from '../../core/time/clock.ts';
import { ledgerService, type Ledger } from '../../plugins/loyalty/contract.ts';
import { loyalty } from '../../plugins/loyalty/index.ts';
import type { PointsAnswer, PointsPosted } from '../../plugins/loyalty/store/posting.ts';
import { checkInvariants } from './ledger-checker.ts';
import { startTestHost, type TestHost } from './host.ts';

export const LEDGER_START = new Date('2026-11-25T04:00:00Z');

/** A ledger over a database of its own, as one process sees it. */
export interface LedgerHost extends TestHost {
  readonly ledger: Ledger;
  readonly actor: Actor;
  /** Points for a client, by a rule, at once. */
  give(partyId: string, points: number): Promise<PointsPosted>;
  check(): Promise<void>;
}

export async function startLedger(
  options: { readonly clock?: Clock; readonly uri?: string } = {},
): Promise<LedgerHost> {
  const { clock = new ManualClock(LEDGER_START), uri } = options;
  const host = await startTestHost({ plugins: [loyalty()()], clock, ...(uri === undefined ? {} : { uri }) });
  await ensureSequence(host.core);
  await host.core.service(ruleService).start();
  const ledger = host.of('loyalty').service(ledgerService);
  const actor = systemActor('test');
  let given = 0;
  return {
    ...host,
    ledger,
    actor,
    give: async (partyId, points) => {
      given++;
      const key = `given-${partyId}-${given}`;
      const cause = { type: 'test', id: key, ruleId: 'gift', ruleVersion: 1 };
      return posted(await ledger.earn({ actor, key }, { partyId, points, cause }));
    },
    check: () => checkInvariants(host),
    close: async () => {
      await host.core.service(ruleService).stop();
      await host.close();
    },
  };
}

/** The answer where something was posted; fails where it was refused. */
export function posted(answer: PointsAnswer): PointsPosted {
  if (!answer.posted) throw new Error(`Refused: ${JSON.stringify(answer.refusal)}`);
  return answer;
}
