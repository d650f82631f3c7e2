import { parse } from 'csv-parse/sync';
import type { CustomerInput } from '../../core/customer/customer-input.ts';
import { readRuleFile } from '../../core/explain/rule-data.ts';
import { loadFactorModel } from '../../core/risk/factor-model.ts';
import type { Term } from '../../core/risk/questionnaire.ts';
import { loadTypeTable, rateByType } from '../../core/risk/type-table.ts';
import { decide } from '../../core/suitability/decide.ts';
import { loadPolicy } from '../../core/suitability/policy.ts';
import type { SuitabilityClient } from '../../core/suitability/facts.ts';

/** What must come of a list of funds, worked out from the list and the rules alone. */
export class Expected {
  /** Funds that the table of types rates, by code. */
  readonly rated: ReadonlyMap<
    string,
    { readonly level: string; readonly facts: Readonly<Record<string, string>> }
  >;
  readonly unrated: ReadonlySet<string>;
  readonly unratedByType: Readonly<Record<string, number>>;
  readonly count: number;

  constructor(csv: string) {
    const rows = parse(csv, { columns: true, bom: true }) as { code: string; name: string; type: string }[];
    const rated = new Map<string, { level: string; facts: Readonly<Record<string, string>> }>();
    const unrated = new Set<string>();
    const byType: Record<string, number> = {};
    for (const row of rows) {
      const rating = rateByType(table, model, row);
      if (rating.outcome === 'RATED') rated.set(row.code, { level: rating.level, facts: rating.facts });
      else {
        unrated.add(row.code);
        byType[row.type] = (byType[row.type] ?? 0) + 1;
      }
    }
    this.rated = rated;
    this.unrated = unrated;
    this.unratedByType = byType;
    this.count = rows.length;
  }

  /** The decision about a rated fund for a client. */
  decision(code: string, input: CustomerInput, at: Date) {
    const { level, facts } = this.rated.get(code)!;
    return decide(
      policy,
      clientOf(input),
      {
        id: code,
        kind: 'fund',
        nature: 'FINANCIAL',
        nonPublic: false,
        needs: [],
        rating: { id: 'rating', level: level as 'R1', validUntil: new Date(at.getTime() + 86_400_000) },
        term: facts.term as Term,
        investmentKind: facts.investmentKind!,
      },
      { at, channel: 'APP' },
    );
  }
}

const model = loadFactorModel(readRuleFile('core', 'risk', 'rules', 'financial-factors.json'));
const table = loadTypeTable(readRuleFile('plugins', 'fund-pool', 'rules', 'fund-types.json'), model);
const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));

function clientOf({
  customerNo,
  riskProfile,
  preferences,
  birthDate,
  region,
}: CustomerInput): SuitabilityClient {
  return {
    id: customerNo,
    status: 'ORDINARY',
    ...(riskProfile
      ? {
          profile: {
            id: 'profile',
            category: riskProfile.level,
            lowest: riskProfile.lowestCategory,
            validUntil: riskProfile.validUntil,
            ...preferences,
          },
        }
      : {}),
    eligibility: {},
    tierRank: 10,
    region,
    ...(birthDate === undefined ? {} : { bornOn: birthDate }),
  };
}
