import { RuleDataError, schemaProblems, type RuleProblem } from '../explain/rule-data.ts';
import type { FactDeclaration, OccurrenceDeclaration } from '../plugin/contract.ts';
import { CLIENT_FACTS } from './client-facts.ts';
import { comparisons, type Condition } from './condition.ts';
import { BASIS_WORDS, type IncentiveBasis, type IncentivePolicy } from './policy.ts';
import { earningRulesShape, type EarningRule, type EarningRules } from './rule.ts';

/** What rules are checked against: the events that are declared and what the law lets points be earned by. */
export interface EarningGround {
  readonly occurrences: ReadonlyMap<string, OccurrenceDeclaration>;
  readonly policy: IncentivePolicy;
}

/**
 * Earning rules that can be used as they are.
 * @throws RuleDataError naming every problem: a wrong shape, an event or fact that nobody declares, a comparison that
 * cannot hold, a rule that leads from what the incentive policy forbids to points, with the path
 */
export function loadEarningRules(data: unknown, ground: EarningGround): EarningRules {
  const parsed = earningRulesShape.safeParse(data);
  if (!parsed.success) throw new RuleDataError('The earning rules', schemaProblems(parsed.error));
  const rules = parsed.data;
  const problems = [
    ...repeatedCodes(rules),
    ...rules.rules.flatMap((rule, index) => ruleProblems(rule, `rules.${index}`, ground)),
    ...boostProblems(rules),
  ];
  if (problems.length > 0) throw new RuleDataError('The earning rules', problems);
  return rules;
}

function repeatedCodes({ rules, boosts }: EarningRules): RuleProblem[] {
  const codes = [...rules, ...boosts].map((one) => one.code);
  const budgets = [...rules, ...boosts].flatMap(({ budget }) => (budget ? [budget.code] : []));
  return [
    ...repeated(codes).map((code) => ({
      path: '(whole)',
      message: `the code "${code}" is used twice: what is awarded names its rule by it`,
    })),
    ...repeated(budgets).map((code) => ({
      path: '(whole)',
      message: `the budget "${code}" stands in two places, so its size is not clear`,
    })),
  ];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function ruleProblems(rule: EarningRule, path: string, ground: EarningGround): RuleProblem[] {
  const occurrence = ground.occurrences.get(rule.on);
  if (!occurrence) {
    const known = [...ground.occurrences.keys()].sort().join(', ');
    return [{ path: `${path}.on`, message: `no event "${rule.on}" earns; there are ${known}` }];
  }
  return [
    ...formulaProblems(rule, `${path}.formula`, occurrence),
    ...(rule.when ? conditionProblems(rule.when, `${path}.when`, occurrence) : []),
    ...scheduleProblems(rule, path),
    ...forbiddenPaths(rule, path, occurrence, ground.policy),
  ];
}

function formulaProblems(rule: EarningRule, path: string, occurrence: OccurrenceDeclaration): RuleProblem[] {
  const { formula } = rule;
  if (formula.kind === 'FIXED') return [];
  const fact = factOf(formula.of, occurrence);
  if (!fact) return [unknownFact(`${path}.of`, formula.of, occurrence)];
  if (formula.kind === 'PER_AMOUNT') {
    if (fact.type !== 'INTEGER')
      return [{ path: `${path}.of`, message: `"${formula.of}" is no whole number` }];
    const steps = formula.steps ?? [];
    const falling = steps.findIndex((step, index) => index > 0 && step.from <= steps[index - 1]!.from);
    return falling < 0
      ? []
      : [{ path: `${path}.steps.${falling}.from`, message: 'steps go up, each from a higher amount' }];
  }
  const wanted = fact.type === 'INTEGER' ? 'number' : 'string';
  const values = formula.rows.map(({ value }) => value);
  return values.flatMap((value, index) => {
    if (typeof value !== wanted)
      return [{ path: `${path}.rows.${index}.value`, message: `"${formula.of}" is a ${wanted}` }];
    return values.indexOf(value) === index
      ? []
      : [{ path: `${path}.rows.${index}.value`, message: `"${String(value)}" stands in an earlier row` }];
  });
}

function conditionProblems(
  condition: Condition,
  path: string,
  occurrence?: OccurrenceDeclaration,
): RuleProblem[] {
  return comparisons(condition).flatMap((comparison) => {
    const fact = factOf(comparison.fact, occurrence);
    if (!fact) return [unknownFact(path, comparison.fact, occurrence)];
    const fits =
      fact.type === neededType(comparison) || ('in' in comparison && fact.type === typeOf(comparison.in[0]));
    return fits
      ? []
      : [{ path, message: `"${comparison.fact}" is ${fact.type}, which cannot be compared so` }];
  });
}

function neededType(comparison: ReturnType<typeof comparisons>[number]): FactDeclaration['type'] {
  if ('has' in comparison) return 'LIST';
  if ('is' in comparison) return typeOf(comparison.is);
  if ('in' in comparison) return typeOf(comparison.in[0]);
  return 'INTEGER';
}

function typeOf(value: unknown): FactDeclaration['type'] {
  if (typeof value === 'number') return 'INTEGER';
  return typeof value === 'boolean' ? 'FLAG' : 'TEXT';
}

function scheduleProblems({ schedule }: EarningRule, path: string): RuleProblem[] {
  const { from, until } = schedule ?? {};
  return from && until && from >= until
    ? [{ path: `${path}.schedule.until`, message: 'is not after "from", so the rule would never apply' }]
    : [];
}

function boostProblems({ rules, boosts }: EarningRules): RuleProblem[] {
  const known = new Set(rules.map(({ code }) => code));
  return boosts.flatMap((boost, index) => [
    ...(boost.rules ?? [])
      .filter((code) => !known.has(code))
      .map((code) => ({ path: `boosts.${index}.rules`, message: `there is no rule "${code}"` })),
    // A boost may speak of the client only: it applies to many events.
    ...(boost.when ? conditionProblems(boost.when, `boosts.${index}.when`) : []),
  ]);
}

/** From what the law watches, through the rule, to points and what they buy: refused as a whole, with the way it goes. */
function forbiddenPaths(
  rule: EarningRule,
  path: string,
  occurrence: OccurrenceDeclaration,
  policy: IncentivePolicy,
): RuleProblem[] {
  const used = [
    ...(rule.formula.kind === 'FIXED' ? [] : [rule.formula.of]),
    ...(rule.when ? comparisons(rule.when).map(({ fact }) => fact) : []),
  ];
  const tied: { readonly basis: IncentiveBasis; readonly place: string }[] = [
    ...(occurrence.basis ? [{ basis: occurrence.basis, place: rule.on }] : []),
    ...used.flatMap((name) => {
      const basis = factOf(name, occurrence)?.basis;
      return basis ? [{ basis, place: `${rule.on}.${name.replace(/^event\./, '')}` }] : [];
    }),
  ];
  return tied
    .filter(({ basis }) => !policy.allowedBases.includes(basis))
    .map(({ basis, place }) => ({
      path,
      message: `${BASIS_WORDS[basis].en} (${place}) → rule "${rule.code}" → points → what points buy: policy ${policy.id}@${policy.version} forbids an incentive tied to ${BASIS_WORDS[basis].en}（${BASIS_WORDS[basis].zh}）`,
    }));
}

function factOf(name: string, occurrence: OccurrenceDeclaration | undefined): FactDeclaration | undefined {
  if (name.startsWith('client.')) return CLIENT_FACTS[name.slice('client.'.length)];
  const facts = occurrence?.facts ?? {};
  const own = name.slice('event.'.length);
  return name.startsWith('event.') && Object.hasOwn(facts, own) ? facts[own] : undefined;
}

function unknownFact(path: string, name: string, occurrence?: OccurrenceDeclaration): RuleProblem {
  const known = [
    ...Object.keys(occurrence?.facts ?? {}).map((fact) => `event.${fact}`),
    ...Object.keys(CLIENT_FACTS).map((fact) => `client.${fact}`),
  ];
  return { path, message: `nobody declares the fact "${name}"; there are ${known.join(', ')}` };
}
