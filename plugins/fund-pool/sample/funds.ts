import { readFileSync } from 'node:fs';
import { fromRoot } from '../../../core/paths.ts';
import type { LocalizedText } from '../../../core/plugin/contract.ts';
import { shiftDate } from '../../../core/sample/dates.ts';
import { SeededRandom } from '../../../core/sample/random.ts';
import type { Fund } from '../import/fund-row.ts';
import type { Pool } from '../pool.ts';

export type ShareClass = 'A' | 'C' | 'E';

/** An invented fund of an invented company; its name says that it is simulated (模拟). */
export interface SampleFund extends Fund {
  readonly company: string;
  readonly inceptionDate: string;
  readonly nameEn: string;
  readonly shareClass: ShareClass;
  readonly manager: string;
  /** Net assets in 分. */
  readonly sizeMinor: number;
  readonly dealing: 'OPEN' | 'SUSPENDED';
  /** Absent: in no pool. */
  readonly pool?: Pool;
}

export interface FundsData {
  readonly seed: number;
  readonly companies: readonly { readonly name: string; readonly short: LocalizedText }[];
  readonly themes: readonly LocalizedText[];
  readonly managers: readonly string[];
  readonly types: readonly {
    readonly type: string;
    readonly portfolios: number;
    readonly suffix: LocalizedText;
    /** Of a day's return, in basis points: standard deviation and mean. */
    readonly volatilityBp: number;
    readonly driftBp: number;
  }[];
  /** Funds by share class: each portfolio has an A class, some a C, and some of these an E. */
  readonly classes: Readonly<Record<ShareClass, number>>;
  readonly suspended: number;
  readonly underSixMonths: number;
  readonly below50Million: number;
  readonly pools: Readonly<Record<Pool, number>>;
}

export function readFundsData(): FundsData {
  return JSON.parse(
    readFileSync(fromRoot('plugins', 'fund-pool', 'sample', 'funds.json'), 'utf8'),
  ) as FundsData;
}

/**
 * The sample's funds in exactly the counts of the data; the same data and date always give the same funds.
 * @param loadedOn Shanghai date to which inception dates are relative
 */
export function sampleFunds(data: FundsData, loadedOn: string): SampleFund[] {
  const random = new SeededRandom(data.seed);
  const portfolios = portfoliosOf(data, random, loadedOn);
  const withC = new Set(random.sample([...portfolios.keys()], data.classes.C));
  const withE = new Set(random.sample([...withC], data.classes.E));
  const funds = portfolios.flatMap((portfolio, index) => {
    const classes: ShareClass[] = [
      'A',
      ...(withC.has(index) ? (['C'] as const) : []),
      ...(withE.has(index) ? (['E'] as const) : []),
    ];
    return classes.map((shareClass) => toFund(portfolio, shareClass, random));
  });
  const numbered = funds.map((fund, index) => ({ ...fund, code: String(990_001 + index) }));
  // A state that belongs to a portfolio stands on those of one class, so that its classes never contradict each other.
  const single = portfolios.flatMap(({ name }, index) => (withC.has(index) ? [] : [name.zh]));
  return inPools(withStates(numbered, single, data, random, loadedOn), data, random);
}

export interface SimulatedNav {
  readonly date: string;
  /** Unit value in ten-thousandths of a yuan. */
  readonly navE4: number;
}

/** Simulated (模拟) unit values on these days, from 1.0000 on the first; never to be shown as a record of anything real. */
export function simulatedNavs(fund: SampleFund, data: FundsData, days: readonly string[]): SimulatedNav[] {
  const random = new SeededRandom(data.seed + Number(fund.code));
  const { volatilityBp, driftBp } = data.types.find(({ type }) => type === fund.type)!;
  let navE4 = 10_000;
  return days.map((date, index) => {
    if (index > 0) {
      // The sum of twelve even draws is as good as normal, and its tails are bounded.
      let normal = -6;
      for (let draw = 0; draw < 12; draw++) normal += random.next();
      navE4 = Math.max(500, Math.round(navE4 * (1 + (driftBp + volatilityBp * normal) / 10_000)));
    }
    return { date, navE4 };
  });
}

interface Portfolio {
  readonly name: LocalizedText;
  readonly type: string;
  readonly company: string;
  readonly manager: string;
  readonly inceptionDate: string;
  readonly sizeMinor: number;
}

const YUAN_MINOR = 100;
const MILLION = 1_000_000;

function portfoliosOf(data: FundsData, random: SeededRandom, loadedOn: string): Portfolio[] {
  const names = new Set<string>();
  return data.types.flatMap(({ type, portfolios, suffix }) =>
    Array.from({ length: portfolios }, (): Portfolio => {
      let company = random.pick(data.companies);
      let theme = random.pick(data.themes);
      while (names.has(`${company.short.zh}${theme.zh}${suffix.zh}`)) {
        company = random.pick(data.companies);
        theme = random.pick(data.themes);
      }
      const name = {
        zh: `${company.short.zh}${theme.zh}${suffix.zh}`,
        en: `${company.short.en} ${theme.en} ${suffix.en}`,
      };
      names.add(name.zh);
      return {
        name,
        type,
        company: company.name,
        manager: random.pick(data.managers),
        inceptionDate: shiftDate(loadedOn, -random.int(400, 4000)),
        sizeMinor: random.int(60, 9000) * MILLION * YUAN_MINOR,
      };
    }),
  );
}

/** Fees in parts per million, within the caps in force since 2026: by what the fund invests in and by class. */
function toFund(portfolio: Portfolio, shareClass: ShareClass, random: SeededRandom): SampleFund {
  const { type, name, ...rest } = portfolio;
  const bond = /^(货币|债券)|固收|债$/.test(type);
  const money = type.startsWith('货币');
  const fees = {
    managementFeePpm: money ? 2_500 : bond ? 3_000 : random.pick([8_000, 10_000, 12_000]),
    custodyFeePpm: money || bond ? 500 : 1_500,
    salesServiceFeePpm: money ? 1_000 : shareClass === 'A' ? 0 : 4_000,
    purchaseFeeMaxPpm:
      money || shareClass !== 'A' ? 0 : bond ? 3_000 : type.startsWith('指数') ? 5_000 : 8_000,
    redemptionFeeMaxPpm: money ? 0 : 15_000,
  };
  return {
    ...rest,
    code: '',
    type,
    name: `${name.zh}${shareClass}（模拟）`,
    nameEn: `${name.en} ${shareClass} (simulated)`,
    shareClass,
    fees,
    dealing: 'OPEN',
  };
}

function withStates(
  funds: readonly SampleFund[],
  single: readonly string[],
  data: FundsData,
  random: SeededRandom,
  loadedOn: string,
): SampleFund[] {
  const chosen = random.sample(single, data.suspended + data.underSixMonths + data.below50Million);
  const place = new Map(chosen.map((name, index) => [`${name}A（模拟）`, index]));
  return funds.map((fund) => {
    const index = place.get(fund.name);
    if (index === undefined) return fund;
    if (index < data.suspended) return { ...fund, dealing: 'SUSPENDED' };
    if (index < data.suspended + data.underSixMonths)
      return { ...fund, inceptionDate: shiftDate(loadedOn, -random.int(30, 150)) };
    return { ...fund, sizeMinor: random.int(12, 45) * MILLION * YUAN_MINOR };
  });
}

function inPools(funds: readonly SampleFund[], data: FundsData, random: SeededRandom): SampleFund[] {
  const pools = Object.entries(data.pools).flatMap(([pool, count]) =>
    Array<keyof FundsData['pools']>(count).fill(pool as keyof FundsData['pools']),
  );
  if (pools.length > funds.length)
    throw new Error(`The pools hold ${pools.length} of ${funds.length} funds.`);
  const order = random.shuffle([...funds.keys()]);
  const poolOf = new Map(order.map((fund, index) => [fund, pools[index]]));
  return funds.map((fund, index) => {
    const pool = poolOf.get(index);
    return pool === undefined ? fund : { ...fund, pool };
  });
}
