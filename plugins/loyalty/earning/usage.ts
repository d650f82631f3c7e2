import type { EarningRule } from '../../../core/earning/rule.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { periodsOf, type RuleUsage } from './evaluate.ts';
import { EARNING_USAGE, type UsageRecord } from './records.ts';

const LIFE = 'life';

/** What rules gave a client so far, in the periods of an event; only periods that a rule counts in are kept. */
export class Usage {
  readonly #host: Host;
  readonly #tx: Tx;
  readonly #partyId: string;
  readonly #at: Date;
  readonly #known = new Map<string, UsageRecord>();

  constructor(host: Host, tx: Tx, partyId: string, at: Date) {
    this.#host = host;
    this.#tx = tx;
    this.#partyId = partyId;
    this.#at = at;
  }

  async load(rules: readonly EarningRule[]): Promise<void> {
    const ids = rules.flatMap((rule) =>
      countedPeriods(rule, this.#at).map((period) => this.#id(rule.code, period)),
    );
    if (ids.length === 0) return;
    for (const record of await this.#records
      .find({ _id: { $in: ids } }, { session: this.#tx.session })
      .toArray())
      this.#known.set(record._id, record);
  }

  of(ruleCode: string): RuleUsage {
    const { day, month, year } = periodsOf(this.#at);
    const usedIn = (period: string) => this.#known.get(this.#id(ruleCode, period));
    return {
      day: usedIn(day)?.points ?? 0,
      month: usedIn(month)?.points ?? 0,
      life: usedIn(LIFE)?.points ?? 0,
      timesInYear: usedIn(year)?.times ?? 0,
    };
  }

  /** @param sign −1 frees what a taken-back award had used */
  async count(rule: EarningRule, points: number, sign: 1 | -1): Promise<void> {
    const periods = countedPeriods(rule, this.#at);
    if (periods.length === 0) return;
    await this.#records.bulkWrite(
      periods.map((period) => ({
        updateOne: {
          filter: { _id: this.#id(rule.code, period) },
          update: { $inc: { points: sign * points, times: sign }, $setOnInsert: { partyId: this.#partyId } },
          upsert: true,
        },
      })),
      { session: this.#tx.session },
    );
  }

  #id(ruleCode: string, period: string): string {
    return `${this.#partyId}|${ruleCode}|${period}`;
  }

  get #records() {
    return collectionOf<UsageRecord>(this.#host, EARNING_USAGE);
  }
}

/** The periods of an event that a rule is limited in. */
function countedPeriods({ caps, timesPerYear }: EarningRule, at: Date): string[] {
  const { day, month, year } = periodsOf(at);
  return [
    ...(caps?.perDay === undefined ? [] : [day]),
    ...(caps?.perMonth === undefined ? [] : [month]),
    ...(timesPerYear === undefined ? [] : [year]),
    ...(caps?.perLife === undefined ? [] : [LIFE]),
  ];
}
