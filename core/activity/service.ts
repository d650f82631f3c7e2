import type { ZodType } from 'zod';
import type { Actor } from '../access/actor.ts';
import { collection } from '../catalog/collections.ts';
import { customerService } from '../customer/service.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { declaredOccurrences } from '../earning/feature.ts';
import { PlatformError } from '../errors.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { factsShape } from './declare.ts';
import { ACTIVITY_KEYS, activityKey, digest, type ActivityKey } from './records.ts';
import { reportProblem, type ActivityReport } from './report.ts';

export const REPORTS_MAX = 500;

/** What became of each report, in their order. */
export type ReportOutcome =
  { readonly status: 'ACCEPTED' | 'REPEATED' } | { readonly status: 'REFUSED'; readonly reason: Reason };

/** Takes in what other systems tell of clients: each report once, whole batches at a time. */
export class ActivityService {
  readonly #host: Host;
  readonly #shapes: ReadonlyMap<string, ZodType>;

  constructor(host: Host) {
    this.#host = host;
    this.#shapes = new Map(
      [...declaredOccurrences(host)].flatMap(([name, { reported, facts }]) =>
        reported ? [[name, factsShape(facts)] as const] : [],
      ),
    );
  }

  /**
   * Accepts what can be accepted; one report's fault refuses only that report. A report that came before under the same
   * source and id is REPEATED, and refused where it said something else then.
   * @throws ACTIVITY_BATCH_INVALID where the batch itself cannot be read
   */
  async report(actor: Actor, source: string, reports: readonly ActivityReport[]): Promise<ReportOutcome[]> {
    if (!/^[A-Za-z0-9][\w.:-]{0,63}$/.test(source))
      throw invalid('A source has 1 to 64 letters, digits, dots, colons, hyphens.');
    if (reports.length === 0 || reports.length > REPORTS_MAX)
      throw invalid(`A batch has 1 to ${REPORTS_MAX} reports, not ${reports.length}.`);
    const parties = await this.#host
      .service(customerService)
      .partyIds([...new Set(reports.map(({ customerNo }) => customerNo))]);
    for (;;)
      try {
        return await this.#host.transact(actor, (tx) => this.#accept(tx, source, reports, parties));
      } catch (error) {
        // Another process took one of them in at the same moment: now it is there to be seen.
        if (!isDuplicateKey(error)) throw error;
      }
  }

  async #accept(
    tx: Tx,
    source: string,
    reports: readonly ActivityReport[],
    parties: ReadonlyMap<string, string>,
  ): Promise<ReportOutcome[]> {
    const known = await this.#known(tx, source, reports);
    const outcomes = reports.map((report): ReportOutcome => {
      const problem = reportProblem(report, this.#shapes, tx.at) ?? unknownClient(report, parties);
      if (problem) return { status: 'REFUSED', reason: problem };
      const _id = activityKey(source, report.id);
      const bodyHash = digest({ ...report, at: report.at.toISOString() });
      const before = known.get(_id);
      if (before === undefined) {
        known.set(_id, bodyHash);
        this.#publish(tx, source, report, parties.get(report.customerNo)!);
        return { status: 'ACCEPTED' };
      }
      return before === bodyHash ? { status: 'REPEATED' } : { status: 'REFUSED', reason: idReused() };
    });
    const fresh = reports.filter((_, index) => outcomes[index]!.status === 'ACCEPTED');
    if (fresh.length > 0)
      await this.#keys.insertMany(
        fresh.map(({ id }): ActivityKey => {
          const _id = activityKey(source, id);
          return { _id, bodyHash: known.get(_id)!, at: tx.at };
        }),
        { session: tx.session },
      );
    const count = (status: ReportOutcome['status']) => outcomes.filter((one) => one.status === status).length;
    tx.trace({
      action: 'activity.report',
      subject: { type: 'ActivitySource', id: source },
      details: { accepted: count('ACCEPTED'), repeated: count('REPEATED'), refused: count('REFUSED') },
    });
    return outcomes;
  }

  async #known(tx: Tx, source: string, reports: readonly ActivityReport[]): Promise<Map<string, string>> {
    const ids = [...new Set(reports.map(({ id }) => activityKey(source, id)))];
    const found = await this.#keys.find({ _id: { $in: ids } }, { session: tx.session }).toArray();
    return new Map(found.map(({ _id, bodyHash }) => [_id, bodyHash]));
  }

  #publish(tx: Tx, source: string, report: ActivityReport, partyId: string): void {
    const { id, type, at, facts, reverses } = report;
    tx.publish({
      name: type,
      key: partyId,
      payload: {
        source,
        id,
        partyId,
        at: at.toISOString(),
        facts,
        ...(reverses === undefined ? {} : { reverses }),
      },
    });
  }

  get #keys() {
    return collection<ActivityKey>(this.#host, ACTIVITY_KEYS);
  }
}

export const activityService = serviceToken<ActivityService>('core', 'activity');

function unknownClient(
  { customerNo }: ActivityReport,
  parties: ReadonlyMap<string, string>,
): Reason | undefined {
  if (parties.has(customerNo)) return undefined;
  return {
    code: 'CUSTOMER_UNKNOWN',
    text: { zh: '没有这个客户号，请核对。', en: 'There is no client with this number. Check it.' },
    path: 'customerNo',
  };
}

function idReused(): Reason {
  return {
    code: 'ACTIVITY_ID_REUSED',
    text: {
      zh: '同一来源的这个编号曾用于另一内容。新的行为请用新的编号。',
      en: 'This source used this id before for something else. Use a new id for a new activity.',
    },
    path: 'id',
  };
}

function invalid(message: string): PlatformError {
  return new PlatformError('ACTIVITY_BATCH_INVALID', message);
}
