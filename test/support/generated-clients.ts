import type { DecisionClient } from '../../core/customer/decision-client.ts';
import { OUTCOMES } from '../../core/catalog/browse/suitability.ts';
import type { Outcome, SuitabilityRules } from '../../core/catalog/browse/suitability.ts';
import { CLUBS, DAY_MS, Dice, TIERS } from './generated-catalog.ts';

/** A client with as much as the small policy below decides by. */
export interface GeneratedClient extends DecisionClient {
  /** 1 (C1) to 5 (C5); 0: never assessed. */
  readonly capacity: number;
  readonly profileUntil: Date;
  readonly qualified: boolean;
}

export function generatedClients(seed: number, count: number, around: Date): GeneratedClient[] {
  const dice = new Dice(seed);
  return Array.from({ length: count }, (_, index) => generatedClient(dice, index, around));
}

function generatedClient(dice: Dice, index: number, around: Date): GeneratedClient {
  const id = `c${index}`;
  const capacity = dice.chance(0.04) ? 0 : 1 + dice.below(5);
  const days = (dice.chance(0.12) ? -1 : 1) * (1 + dice.below(300));
  const profileUntil = new Date(around.getTime() + days * DAY_MS);
  const qualified = dice.chance(0.2);
  const evidence = { state: 'VERIFIED', validUntil: profileUntil, evidenceId: `${id}:assets` } as const;
  return {
    id,
    customerNo: `8${String(index).padStart(7, '0')}`,
    ...(dice.chance(0.9) ? { tier: dice.of(TIERS) } : {}),
    clubs: CLUBS.filter(() => dice.chance(0.2)),
    status: 'ORDINARY',
    ...(capacity === 0
      ? {}
      : {
          profile: {
            id: `${id}:profile`,
            category: `C${capacity as 1 | 2 | 3 | 4 | 5}`,
            lowest: capacity === 1 && dice.chance(0.3),
            validUntil: profileUntil,
            term: dice.of(['SHORT', 'MEDIUM', 'LONG']),
            investmentKinds: ['EQUITY', 'BOND', 'MIXED'].filter(() => dice.chance(0.7)),
          },
        }),
    eligibility: qualified ? { 'qualified-investor': evidence } : {},
    bornOn: `${1940 + dice.below(65)}-0${1 + dice.below(9)}-15`,
    facts: {},
    capacity,
    profileUntil,
    qualified,
  };
}

export interface GeneratedClass {
  readonly level: number;
  readonly ratingExpired: boolean;
  readonly isPublic: boolean;
  readonly kind: string;
}

/** A policy small enough to be read at a glance: capacity against level, expiry, and qualification for private kinds. */
export const SMALL_POLICY: SuitabilityRules<GeneratedClient, GeneratedClass> = {
  classify: (rows, standing, kind) => {
    const facts: GeneratedClass = {
      level: standing.rating ? Number(standing.rating.level.slice(1)) : 0,
      ratingExpired: standing.ratingExpired,
      isPublic: kind.record.publicOffer,
      kind: rows.product.kind,
    };
    return { key: JSON.stringify(facts), facts };
  },
  isPublic: ({ isPublic }) => isPublic,
  sameClient: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  changesAt: ({ profileUntil }, at) => (profileUntil > at ? profileUntil.getTime() : Infinity),
  explain: () => [],
  decide: (client, product, { at }) => {
    const risk: Outcome =
      client.capacity === 0 || product.level === 0
        ? 'INCOMPLETE'
        : client.profileUntil <= at || product.ratingExpired
          ? 'EXPIRED'
          : client.capacity >= product.level
            ? 'MATCH'
            : 'WARN_REQUIRED';
    const eligible = product.isPublic || client.qualified;
    const reasons = [
      {
        dimension: 'risk',
        outcome: risk,
        code: `risk.${risk}`,
        text: { zh: `风险：${risk}`, en: `Risk: ${risk}` },
      },
      ...(eligible
        ? []
        : [
            {
              dimension: 'eligibility',
              outcome: 'FORBIDDEN' as const,
              code: 'eligibility.qualified',
              text: { zh: '未取得“合格投资者”资格', en: 'Not a “qualified” investor' },
            },
          ]),
    ];
    const outcome = OUTCOMES[Math.max(...reasons.map((reason) => OUTCOMES.indexOf(reason.outcome)))]!;
    return {
      verdict: {
        outcome,
        recommendable: outcome === 'MATCH',
        reasons,
        duties:
          product.level === 5
            ? [
                {
                  code: 'article-20',
                  due: 'BEFORE_RESERVATION',
                  text: { zh: '特别程序', en: 'Special procedure' },
                },
              ]
            : [],
        policyVersion: 'small@1',
      },
      evidenceIds: client.capacity === 0 ? [] : [`${client.id}:profile`],
      eligible,
    };
  },
};
