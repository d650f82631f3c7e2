import { holds, type Facts } from '../../../core/earning/condition.ts';
import type { Boost, EarningRule, EarningRules } from '../../../core/earning/rule.ts';
import { businessDate } from '../../../core/time/business-day.ts';

/** An event as it is judged: who it is about stands in the facts. */
export interface EarningEvent {
  /** Declared name, e.g. `course.passed`. */
  readonly name: string;
  readonly at: Date;
  /** `event.…` and `client.…`, by the names that rules use. */
  readonly facts: Facts;
}

/** What a client was already given by a rule, in the periods of the event. */
export interface RuleUsage {
  readonly day: number;
  readonly month: number;
  readonly life: number;
  /** Awards in the calendar year. */
  readonly timesInYear: number;
}

/** All that a judgement needs beside the event and the rules. */
export interface EarningState {
  readonly usageOf: (ruleCode: string) => RuleUsage;
  /** Points that a budget still has; a budget that was never drawn on has all of its points. */
  readonly budgetLeft: (budgetCode: string, size: number) => number;
}

/** Why an award is smaller than its rule says. */
export type Cut = 'DAY' | 'MONTH' | 'LIFE' | 'BUDGET' | 'BOOST_BUDGET';

/** What a rule gives for an event, with everything that the number comes from. */
export interface Award {
  readonly rule: EarningRule;
  /** At least 1. */
  readonly points: number;
  /** By the formula alone. */
  readonly base: number;
  readonly boosts: readonly { readonly boost: Boost; readonly points: number }[];
  readonly cuts: readonly { readonly by: Cut; readonly from: number; readonly to: number }[];
  /** Drawn from budgets, by code. */
  readonly budgets: Readonly<Record<string, number>>;
}

/** Why a rule that listens to the event gives nothing. */
export type Silence = 'CONDITION' | 'SCHEDULE' | 'ZERO' | 'TIMES' | 'CAP' | 'BUDGET' | 'EXCLUDED';

export interface Judgement {
  readonly awards: readonly Award[];
  readonly silent: readonly { readonly rule: EarningRule; readonly why: Silence }[];
}

/**
 * What an event earns by the rules in force. Rules go by priority, then by code; boosts multiply by group, floored
 * once; caps count what is given; what does not fit is cut to fit.
 */
export function judge(event: EarningEvent, rules: EarningRules, state: EarningState): Judgement {
  const awards: Award[] = [];
  const silent: { rule: EarningRule; why: Silence }[] = [];
  const taken = new Set<string>();
  const drawn = new Map<string, number>();
  const left = (code: string, size: number) => state.budgetLeft(code, size) - (drawn.get(code) ?? 0);
  for (const rule of inOrder(rules.rules.filter(({ on }) => on === event.name))) {
    const excluded = rule.exclusiveGroup !== undefined && taken.has(rule.exclusiveGroup);
    const award = excluded ? 'EXCLUDED' : awardOf(rule, event, rules.boosts, state, left);
    if (typeof award === 'string') {
      silent.push({ rule, why: award });
      continue;
    }
    if (rule.exclusiveGroup !== undefined) taken.add(rule.exclusiveGroup);
    for (const [code, points] of Object.entries(award.budgets))
      drawn.set(code, (drawn.get(code) ?? 0) + points);
    awards.push(award);
  }
  return { awards, silent };
}

/** The Shanghai day, month and year that caps count an event in. */
export function periodsOf(at: Date): { readonly day: string; readonly month: string; readonly year: string } {
  const day = businessDate(at);
  return { day, month: day.slice(0, 7), year: day.slice(0, 4) };
}

function inOrder(rules: readonly EarningRule[]): EarningRule[] {
  return [...rules].sort((a, b) => b.priority - a.priority || (a.code < b.code ? -1 : 1));
}

type BudgetLeft = (code: string, size: number) => number;

function awardOf(
  rule: EarningRule,
  event: EarningEvent,
  boosts: readonly Boost[],
  state: EarningState,
  left: BudgetLeft,
): Award | Silence {
  if (!isOpen(rule, event.at)) return 'SCHEDULE';
  if (rule.when && !holds(rule.when, event.facts)) return 'CONDITION';
  const base = basePoints(rule, event.facts);
  if (base <= 0) return 'ZERO';
  const usage = state.usageOf(rule.code);
  if (rule.timesPerYear !== undefined && usage.timesInYear >= rule.timesPerYear) return 'TIMES';
  const boosted = boost(base, boostsOf(rule, boosts, event), left);
  return cutToFit(rule, base, boosted, usage, left);
}

function isOpen({ schedule }: Pick<EarningRule, 'schedule'>, at: Date): boolean {
  return !(schedule?.from && at < schedule.from) && !(schedule?.until && at >= schedule.until);
}

function basePoints({ formula }: EarningRule, facts: Facts): number {
  if (formula.kind === 'FIXED') return formula.points;
  const value = facts[formula.of];
  if (formula.kind === 'TABLE')
    return formula.rows.find((row) => row.value === value)?.points ?? formula.otherwise ?? 0;
  if (typeof value !== 'number' || value <= 0) return 0;
  return perAmount(formula, value);
}

/** Each full `per` counts at the step that its upper end has reached; remainders of a step go up into the next. */
function perAmount(formula: Extract<EarningRule['formula'], { kind: 'PER_AMOUNT' }>, amount: number): number {
  const steps = [{ from: 0, points: formula.points }, ...(formula.steps ?? [])];
  return steps.reduce((sum, { from, points }, index) => {
    if (amount <= from) return sum;
    const end = Math.min(amount, steps[index + 1]?.from ?? amount);
    return sum + (Math.floor(end / formula.per) - Math.floor(from / formula.per)) * points;
  }, 0);
}

function boostsOf(rule: EarningRule, boosts: readonly Boost[], event: EarningEvent): Boost[] {
  const best = new Map<string, Boost>();
  for (const one of boosts) {
    if (one.rules && !one.rules.includes(rule.code)) continue;
    if (!isOpen(one, event.at) || (one.when && !holds(one.when, event.facts))) continue;
    const known = best.get(one.group);
    if (!known || one.percent > known.percent) best.set(one.group, one);
  }
  return [...best.values()].sort((a, b) => (a.group < b.group ? -1 : 1));
}

interface Boosted {
  readonly points: number;
  readonly boosts: Award['boosts'];
  readonly cut?: Award['cuts'][number];
}

/** Groups multiply in their order; what a boost with a budget adds is cut to what the budget has left. */
function boost(base: number, boosts: readonly Boost[], left: BudgetLeft): Boosted {
  // Exact: percentages of whole points do not fit into a double for long.
  let exact = BigInt(base);
  let scale = 1n;
  let lost = 0;
  const added: { boost: Boost; points: number }[] = [];
  for (const one of boosts) {
    const before = Number(exact / scale);
    exact *= BigInt(one.percent);
    scale *= 100n;
    const extra = Number(exact / scale) - before;
    const fits = one.budget ? Math.max(0, Math.min(extra, left(one.budget.code, one.budget.points))) : extra;
    lost += extra - fits;
    added.push({ boost: one, points: fits });
  }
  const whole = Number(exact / scale);
  const points = whole - lost;
  return lost === 0
    ? { points, boosts: added }
    : { points, boosts: added, cut: { by: 'BOOST_BUDGET', from: whole, to: points } };
}

function cutToFit(
  rule: EarningRule,
  base: number,
  boosted: Boosted,
  usage: RuleUsage,
  left: BudgetLeft,
): Award | Silence {
  const cuts: { by: Cut; from: number; to: number }[] = boosted.cut ? [boosted.cut] : [];
  let points = boosted.points;
  const limit = (by: Cut, room: number) => {
    const to = Math.max(0, Math.min(points, room));
    if (to < points) cuts.push({ by, from: points, to });
    points = to;
  };
  const { perDay, perMonth, perLife } = rule.caps ?? {};
  if (perDay !== undefined) limit('DAY', perDay - usage.day);
  if (perMonth !== undefined) limit('MONTH', perMonth - usage.month);
  if (perLife !== undefined) limit('LIFE', perLife - usage.life);
  if (points === 0) return 'CAP';
  if (rule.budget) limit('BUDGET', left(rule.budget.code, rule.budget.points));
  if (points === 0) return 'BUDGET';
  return { rule, points, base, boosts: boosted.boosts, cuts, budgets: drawnBudgets(rule, boosted, points) };
}

/** What the award takes from budgets. A cap may have cut into what boosts added: they are charged for what is left of it. */
function drawnBudgets(rule: EarningRule, boosted: Boosted, points: number): Record<string, number> {
  const budgets: Record<string, number> = rule.budget ? { [rule.budget.code]: points } : {};
  let over = boosted.points - points;
  for (const { boost: one, points: added } of [...boosted.boosts].reverse()) {
    const kept = Math.max(0, added - over);
    over = Math.max(0, over - added);
    if (one.budget && kept > 0) budgets[one.budget.code] = kept;
  }
  return budgets;
}
