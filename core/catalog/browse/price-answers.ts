import { PlatformError } from '../../errors.ts';
import { CORE_SCOPE_RANKS, CORE_SCOPES_ONLY } from '../../pricing/scopes.ts';
import type { PriceClient, PriceScopes } from '../../pricing/scopes.ts';
import { quote } from '../../pricing/quote.ts';
import type { LostReason, NoPriceReason, PricedLine, Quote, WonReason } from '../../pricing/quote.ts';
import type { Billing, Currency, PriceRow } from '../../pricing/price-row.ts';
import type { Channel } from '../records.ts';
import type { Standing } from '../snapshot/standing.ts';

/** Which of a product's prices is asked for. */
export interface PriceQuestion {
  readonly channel: Channel;
  readonly currency?: Currency | null | undefined;
  readonly billing?: Billing | null | undefined;
  readonly quantity: number;
}

export interface PriceTraceRow {
  readonly rowId: string;
  readonly won: boolean;
  readonly why: WonReason | LostReason;
  readonly against?: string | undefined;
  readonly currency: Currency;
  readonly billing: Billing;
  readonly amountMinor: number;
}

/** What a list shows as the price; the members are those of the types in schemas/core/browse.graphql. */
export type PriceAnswer = PriceQuoteAnswer | NoPriceAnswer;

export interface PriceQuoteAnswer {
  readonly __typename: 'PriceQuote';
  readonly amountMinor: number;
  readonly listMinor: number;
  readonly currency: Currency;
  readonly billing: Billing;
  readonly quantity: number;
  readonly freePeriods: number;
  readonly free: boolean;
  readonly pointsShareMaxPct: number | undefined;
  readonly rowId: string;
  readonly trace: readonly PriceTraceRow[];
}

export interface NoPriceAnswer {
  readonly __typename: 'NoPrice';
  readonly reason: NoPriceReason;
  readonly trace: readonly PriceTraceRow[];
}

/** Groups of alike clients with one question, remembered at most; past it all answers are forgotten. */
const ALIKE_MAX = 16_384;
/** Answers remembered at most, some hundred bytes each: a question that varies must not fill the memory. */
const ANSWERS_MAX = 200_000;

/**
 * Prices for lists, decided once for each product's rows and group of clients whom pricing cannot tell apart. A
 * product's rows are one object as long as none of them changes, so that answers go when their rows go.
 */
export class PriceAnswers {
  readonly #scopes: PriceScopes;
  #answers = new WeakMap<readonly PriceRow[], Map<number, PriceAnswer>>();
  #groups = new Map<string, number>();
  #nextGroup = 0;
  #kept = 0;

  constructor(scopes: PriceScopes = CORE_SCOPES_ONLY) {
    this.#scopes = scopes;
  }

  /** A reusable way of asking the same question for one client about many products. */
  asker(client: PriceClient | undefined, question: PriceQuestion, at: Date, knownSeq: number): PriceAsker {
    const { channel, currency, billing, quantity } = question;
    const group = this.#group(`${groupKey(client)} ${channel} ${currency} ${billing} ${quantity}`);
    const decide = (standing: Standing) =>
      answerOf(this.quote(standing, client, question, at, knownSeq), quantity);
    return new PriceAsker(this.#answers, group, client, decide, () => this.#keptOneMore());
  }

  /**
   * The whole quote, not remembered. Rows for other named clients take no part: their names are nobody's business.
   * @throws QUANTITY_INVALID
   */
  quote(
    standing: Standing,
    client: PriceClient | undefined,
    { channel, currency, billing, quantity }: PriceQuestion,
    at: Date,
    knownSeq: number,
  ): Quote {
    if (quantity < 1)
      throw new PlatformError('QUANTITY_INVALID', `"quantity" is ${quantity}. Ask for 1 or more.`);
    const rows = standing.prices.filter((row) => row.scope.kind !== 'client' || row.scope.ref === client?.id);
    return quote(
      rows,
      {
        ...(client ? { client } : {}),
        channel,
        quantity,
        at,
        knownSeq,
        ...(currency ? { currency } : {}),
        ...(billing ? { billing } : {}),
      },
      { scopes: this.#scopes },
    );
  }

  #group(key: string): number {
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= ALIKE_MAX) this.#forget();
      // Never given out again: texts that others made of an answer may outlast it here.
      group = this.#nextGroup++;
      this.#groups.set(key, group);
    }
    return group;
  }

  #keptOneMore(): void {
    if (++this.#kept >= ANSWERS_MAX) this.#forget();
  }

  #forget(): void {
    this.#answers = new WeakMap();
    this.#groups = new Map();
    this.#kept = 0;
  }
}

/** Asks one question for one client about many products. */
export class PriceAsker {
  readonly #remembered: WeakMap<readonly PriceRow[], Map<number, PriceAnswer>>;
  /** Equal for clients and questions that get equal answers, wherever the answer is shared. */
  readonly group: number;
  readonly #client: PriceClient | undefined;
  readonly #decide: (standing: Standing) => PriceAnswer;
  readonly #onKept: () => void;

  constructor(
    remembered: WeakMap<readonly PriceRow[], Map<number, PriceAnswer>>,
    group: number,
    client: PriceClient | undefined,
    decide: (standing: Standing) => PriceAnswer,
    onKept: () => void,
  ) {
    this.#remembered = remembered;
    this.group = group;
    this.#client = client;
    this.#decide = decide;
    this.#onKept = onKept;
  }

  /** False where the answer is this very client's alone. */
  isShared(standing: Standing): boolean {
    return !standing.personalPrices || isSharedByGroup(standing.prices, this.#client);
  }

  ask(standing: Standing): PriceAnswer {
    const rows = standing.prices;
    if (!this.isShared(standing)) return this.#decide(standing);
    let answers = this.#remembered.get(rows);
    const known = answers?.get(this.group);
    if (known !== undefined) return known;
    const answer = this.#decide(standing);
    if (!answers) this.#remembered.set(rows, (answers = new Map()));
    answers.set(this.group, answer);
    this.#onKept();
    return answer;
  }
}

/**
 * The answer that a list shows: a line that is free, else the first with a price, yuan before points and shorter before
 * longer. Where only a row that was not asked for makes the product free, that row is the price.
 */
export function answerOf(quoted: Quote, quantity: number): PriceAnswer {
  const trace = quoted.trace.map((row): PriceTraceRow => ({
    rowId: row.rowId,
    won: row.outcome === 'WON',
    why: row.reason,
    against: row.against,
    currency: row.currency,
    billing: row.billing,
    amountMinor: row.amountMinor,
  }));
  const priced = quoted.lines.filter((one): one is PricedLine => one.outcome === 'PRICE');
  const line = priced.find((one) => one.payMinor === 0) ?? priced[0];
  const freeBy = trace.find((row) => row.why === 'MAKES_FREE');
  if (!line && freeBy)
    return {
      __typename: 'PriceQuote',
      amountMinor: 0,
      listMinor: freeBy.amountMinor * quantity,
      currency: freeBy.currency,
      billing: freeBy.billing,
      quantity,
      freePeriods: 0,
      free: true,
      pointsShareMaxPct: undefined,
      rowId: freeBy.rowId,
      trace,
    };
  if (!line) {
    const [first] = quoted.lines;
    return { __typename: 'NoPrice', reason: first?.outcome === 'NO_PRICE' ? first.reason : 'NO_ROWS', trace };
  }
  return {
    __typename: 'PriceQuote',
    amountMinor: line.payMinor,
    listMinor: line.listMinor,
    currency: line.currency,
    billing: line.billing,
    quantity: line.quantity,
    freePeriods: line.freePeriods,
    free: quoted.free,
    pointsShareMaxPct: line.pointsShareMaxPct,
    rowId: line.rowId,
    trace,
  };
}

/** Everything about a client that core scopes read, but for who they are. */
function groupKey(client: PriceClient | undefined): string {
  if (!client) return '';
  return `${client.tier ?? ''}|${client.clubs.map(({ code, rank }) => `${code}:${rank}`).join()}`;
}

/** Rows for this very client, and scopes of plugins, may tell clients of one group apart. */
function isSharedByGroup(rows: readonly PriceRow[], client: PriceClient | undefined): boolean {
  return rows.every(
    ({ scope }) => scope.kind in CORE_SCOPE_RANKS && (scope.kind !== 'client' || scope.ref !== client?.id),
  );
}
