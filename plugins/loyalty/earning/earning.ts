import { checkedRules, declaredOccurrences, EARNING_RULES } from '../../../core/earning/feature.ts';
import { clientFacts } from '../../../core/earning/client-facts.ts';
import type { EarningRule, EarningRules } from '../../../core/earning/rule.ts';
import { customerService } from '../../../core/customer/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { OutboxEvent } from '../../../core/event/outbox.ts';
import type { Host, Occurrence, OccurrenceDeclaration } from '../../../core/plugin/contract.ts';
import { serviceToken } from '../../../core/plugin/service.ts';
import { quotaService } from '../../../core/quota/quota.ts';
import { ruleService } from '../../../core/rule/service.ts';
import type { Cause } from '../ledger/journal.ts';
import { DEFAULT_POINT_TYPE, PointTypes } from '../policy.ts';
import { postIn, type PointsAnswer, type PostingRequest } from '../store/posting.ts';
import { judge, type Award, type Judgement } from './evaluate.ts';
import { JUDGEMENTS, judgementId, type AwardRecord, type JudgementRecord } from './records.ts';
import { Usage } from './usage.ts';

/** The rules in force, with the version that awards name. */
export interface RulesInForce {
  /** `earning-rules@3` */
  readonly version: string;
  readonly rules: EarningRules;
}

/** Judges events by the rules in force and posts what they earn, in the transaction in which the event is handled. */
export class Earning {
  readonly #host: Host;
  readonly #types: PointTypes;
  readonly #occurrences: ReadonlyMap<string, OccurrenceDeclaration>;
  #checked: { readonly data: unknown; readonly inForce: RulesInForce } | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#types = new PointTypes(host);
    this.#occurrences = declaredOccurrences(host);
  }

  inForce(): RulesInForce {
    const { version, data } = this.#host.service(ruleService).current(EARNING_RULES);
    const known = this.#checked;
    if (known && known.data === data) return known.inForce;
    const inForce = { version, rules: checkedRules(data, this.#host) };
    this.#checked = { data, inForce };
    return inForce;
  }

  /** What the platform hands over for each event that rules may speak of. */
  async handle(tx: Tx, event: OutboxEvent): Promise<void> {
    const occurrence = this.#occurrences.get(event.name)?.read(event.payload);
    if (!occurrence) throw new Error(`The event "${event.name}" is declared to be no occurrence.`);
    if (occurrence.reverses === undefined) await this.#earn(tx, event, occurrence);
    else await this.#takeBack(tx, occurrence, occurrence.reverses);
  }

  /** How events were judged, by the ids that the ledger's entries carry as their cause. */
  async judgements(ids: readonly string[]): Promise<ReadonlyMap<string, JudgementRecord>> {
    const found = await this.#judgements.find({ _id: { $in: ids as string[] } }).toArray();
    return new Map(found.map((record) => [record._id, record]));
  }

  async #earn(tx: Tx, event: OutboxEvent, occurrence: Occurrence): Promise<void> {
    const { version, rules } = this.inForce();
    const listening = rules.rules.filter(({ on }) => on === event.name);
    const _id = judgementId(occurrence.source, occurrence.id);
    // Taken back before it came, or judged already under this id by an event of another name.
    if (listening.length === 0 || (await this.#judgements.findOne({ _id }, { session: tx.session }))) return;
    const client = await this.#host.service(customerService).factsOfParty(occurrence.partyId, tx.at, tx);
    // Erased since: there is nobody to give points to.
    if (!client) return;
    const usage = new Usage(this.#host, tx, occurrence.partyId, occurrence.at);
    await usage.load(listening);
    const budgets = await this.#budgets(tx, listening, rules.boosts);
    const facts = { ...eventFacts(occurrence), ...clientFacts(client) };
    const judgement = judge({ name: event.name, at: occurrence.at, facts }, rules, {
      usageOf: (code) => usage.of(code),
      budgetLeft: (code, size) => budgets.get(code) ?? size,
    });
    const answers = await this.#post(tx, event, occurrence, version, judgement.awards);
    for (const award of judgement.awards) {
      await usage.count(award.rule, award.points, 1);
      for (const [code, points] of Object.entries(award.budgets))
        await this.#host.service(quotaService).take(tx, budgetKey(code), points);
    }
    await this.#judgements.insertOne(
      recordOf(_id, event.name, occurrence, tx.at, version, judgement, answers),
      { session: tx.session },
    );
    this.#trace(tx, 'points.judged', _id, { event: event.name, rules: version, awards: answers.length });
  }

  async #post(
    tx: Tx,
    event: OutboxEvent,
    occurrence: Occurrence,
    version: string,
    awards: readonly Award[],
  ): Promise<string[]> {
    if (awards.length === 0) return [];
    const requests = awards.map(({ rule, points, boosts, budgets }): PostingRequest => {
      const campaign = boosts.find(({ boost }) => boost.budget)?.boost.code;
      const budget = Object.keys(budgets)[0];
      const cause: Cause & { ruleId: string; ruleVersion: number } = {
        type: 'event',
        id: judgementId(occurrence.source, occurrence.id),
        eventId: event._id,
        ruleId: rule.code,
        ruleVersion: Number(version.slice(version.lastIndexOf('@') + 1)),
        ...(campaign === undefined ? {} : { campaign }),
        ...(budget === undefined ? {} : { budget }),
      };
      return {
        command: {
          type: 'earn',
          points,
          ...(rule.pendingDays ? { pendingDays: rule.pendingDays } : {}),
          cause,
        },
        account: { partyId: occurrence.partyId, pointType: DEFAULT_POINT_TYPE },
        actor: tx.actor,
      };
    });
    return (await postIn(this.#host, tx, requests, this.#policyOf)).map(journalOf);
  }

  /** Takes back what an earlier event of the source earned, and gives its room in caps and budgets back. */
  async #takeBack(tx: Tx, occurrence: Occurrence, sourceId: string): Promise<void> {
    const { source, id, partyId } = occurrence;
    const _id = judgementId(source, sourceId);
    const judged = await this.#judgements.findOne({ _id }, { session: tx.session });
    if (!judged) {
      // It may come late; then it must find that it was taken back.
      const early: JudgementRecord = {
        _id,
        partyId,
        source,
        sourceId,
        judgedAt: tx.at,
        awards: [],
        silent: [],
        reversedBy: id,
      };
      await this.#judgements.insertOne(early, { session: tx.session });
      return this.#trace(tx, 'points.taken-back', _id, { awards: 0 });
    }
    if (judged.reversedBy !== undefined || judged.partyId !== partyId) return;
    const requests = judged.awards.map(({ journalId }): PostingRequest => ({
      command: { type: 'reverse', cause: { type: 'event', id: _id, reversesJournalId: journalId } },
      journalId,
      actor: tx.actor,
    }));
    if (requests.length > 0) await postIn(this.#host, tx, requests, this.#policyOf);
    const usage = new Usage(this.#host, tx, partyId, judged.happenedAt ?? tx.at);
    for (const award of judged.awards) {
      const rule = this.inForce().rules.rules.find(({ code }) => code === award.rule);
      if (rule) await usage.count(rule, award.points, -1);
      for (const { code, points } of award.budgets)
        await this.#host.service(quotaService).giveBack(tx, budgetKey(code), points);
    }
    await this.#judgements.updateOne({ _id }, { $set: { reversedBy: id } }, { session: tx.session });
    this.#trace(tx, 'points.taken-back', _id, { awards: judged.awards.length });
  }

  /** What the budgets of these rules and of their boosts have left, made as large as the rules in force say. */
  async #budgets(
    tx: Tx,
    listening: readonly EarningRule[],
    boosts: EarningRules['boosts'],
  ): Promise<ReadonlyMap<string, number>> {
    const codes = new Set(listening.map(({ code }) => code));
    const theirs = boosts.filter(({ rules }) => !rules || rules.some((code) => codes.has(code)));
    const left = new Map<string, number>();
    for (const { budget } of [...listening, ...theirs]) {
      if (!budget) continue;
      const quota = await this.#host.service(quotaService).ensure(tx, budgetKey(budget.code), budget.points);
      left.set(budget.code, quota.remaining);
    }
    return left;
  }

  #trace(tx: Tx, action: string, id: string, details: Record<string, unknown>): void {
    tx.trace({ action, subject: { type: 'Judgement', id }, details });
  }

  readonly #policyOf = (pointType: string) => this.#types.get(pointType);

  get #judgements() {
    return collectionOf<JudgementRecord>(this.#host, JUDGEMENTS);
  }
}

export const earningService = serviceToken<Earning>('loyalty', 'earning');

export function budgetKey(code: string): string {
  return `points-budget:${code}`;
}

function eventFacts({ facts }: Occurrence): Record<string, Occurrence['facts'][string]> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`event.${name}`, value]));
}

/** @throws where the ledger refused: then nothing of the event's handling stays, and the relay tells staff */
function journalOf(answer: PointsAnswer): string {
  if (answer.posted && answer.journalId !== undefined) return answer.journalId;
  throw new Error(`The ledger refused an award: ${JSON.stringify(answer)}.`);
}

function recordOf(
  _id: string,
  event: string,
  { partyId, source, id, at }: Occurrence,
  judgedAt: Date,
  rules: string,
  { awards, silent }: Judgement,
  journalIds: readonly string[],
): JudgementRecord {
  return {
    _id,
    partyId,
    source,
    sourceId: id,
    event,
    happenedAt: at,
    judgedAt,
    rules,
    awards: awards.map((award, index) => awardRecord(award, journalIds[index]!)),
    silent: silent.map(({ rule, why }) => ({ rule: rule.code, why })),
  };
}

function awardRecord({ rule, points, base, boosts, cuts, budgets }: Award, journalId: string): AwardRecord {
  return {
    rule: rule.code,
    title: titleOf(rule),
    points,
    base,
    boosts: boosts.map(({ boost, points: added }) => ({
      code: boost.code,
      title: boost.title,
      percent: boost.percent,
      points: added,
    })),
    cuts: [...cuts],
    budgets: Object.entries(budgets).map(([code, drawn]) => ({ code, points: drawn })),
    journalId,
  };
}

function titleOf({ title: { zh, en } }: EarningRule): { zh: string; en: string } {
  return { zh, en };
}
