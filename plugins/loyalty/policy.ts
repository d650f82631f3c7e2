import { z } from 'zod';
import { PlatformError } from '../../core/errors.ts';
import { readRuleFile, schemaProblems } from '../../core/explain/rule-data.ts';
import type { Host, LocalizedText, RuleDataDeclaration } from '../../core/plugin/contract.ts';
import { ruleService } from '../../core/rule/service.ts';
import { POINTS_MAX } from './ledger/points.ts';
import type { PointsPolicy } from './ledger/policy.ts';

export const POINTS_POLICY = 'points-policy';
/** The type of points that is meant where none is named. */
export const DEFAULT_POINT_TYPE = 'POINTS';

/** An account has at most 120 lots; the longest life stays well below that many months. */
const LIFE_MONTHS_MAX = 108;
const TYPES_MAX = 20;

const name = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const expiry = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('END_OF_YEAR'),
    yearsAfter: z
      .int()
      .min(0)
      .max(LIFE_MONTHS_MAX / 12 - 1),
  }),
  z.strictObject({ kind: z.literal('END_OF_MONTH'), monthsAfter: z.int().min(0).max(LIFE_MONTHS_MAX) }),
  z.strictObject({ kind: z.literal('NEVER') }),
]);
const pointType = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,31}$/, 'capitals, digits and _, at most 32'),
  name,
  expiry,
  owedMax: z.int().min(0).max(POINTS_MAX),
  returnedMonths: z.int().min(1).max(24),
});
const policySchema = z
  .strictObject({
    id: z.string(),
    version: z.int().min(1),
    source: z.string(),
    pointTypes: z.array(pointType).min(1).max(TYPES_MAX),
  })
  .superRefine(({ pointTypes }, context) => {
    const codes = pointTypes.map(({ code }) => code);
    if (new Set(codes).size !== codes.length)
      context.addIssue({ code: 'custom', path: ['pointTypes'], message: 'two have the same code' });
    if (!codes.includes(DEFAULT_POINT_TYPE))
      context.addIssue({ code: 'custom', path: ['pointTypes'], message: `${DEFAULT_POINT_TYPE} is missing` });
  });

/** Types of points and what a firm decides about each: expiry, debt, what comes back late. */
export const pointsPolicyData: RuleDataDeclaration = {
  kind: POINTS_POLICY,
  title: { zh: '积分类型与有效期', en: 'Types of points and how long they live' },
  shipped: readRuleFile(
    'plugins',
    'loyalty',
    'rules',
    'points-policy.json',
  ) as RuleDataDeclaration['shipped'],
  validate: (data) => {
    const { error } = policySchema.safeParse(data);
    return error ? schemaProblems(error) : [];
  },
};

export interface PointType extends PointsPolicy {
  readonly code: string;
  readonly name: LocalizedText;
}

/** The types of points as in force in this process. */
export class PointTypes {
  readonly #host: Host;
  #data: unknown;
  #types: ReadonlyMap<string, PointType> = new Map();

  constructor(host: Host) {
    this.#host = host;
  }

  all(): readonly PointType[] {
    return [...this.#current().values()];
  }

  /** @throws POINT_TYPE_UNKNOWN */
  get(code: string): PointType {
    const type = this.#current().get(code);
    if (type) return type;
    throw new PlatformError(
      'POINT_TYPE_UNKNOWN',
      `There is no type of points "${code.slice(0, 32)}". Use one of ${[...this.#current().keys()].join(', ')}.`,
      { details: { pointType: code.slice(0, 32) } },
    );
  }

  #current(): ReadonlyMap<string, PointType> {
    const { version, data } = this.#host.service(ruleService).current(POINTS_POLICY);
    if (data !== this.#data) {
      const { pointTypes } = policySchema.parse(data);
      this.#types = new Map(pointTypes.map((type) => [type.code, { ...type, version }]));
      this.#data = data;
    }
    return this.#types;
  }
}
