import { z } from 'zod';

/** What a fact may be: rules compare it and count with it, nothing else. */
export type FactValue = string | number | boolean | readonly string[];
/** Facts by name, e.g. `event.amountMinor`, `client.tier`; a fact that is not known is absent. */
export type Facts = Readonly<Record<string, FactValue | undefined>>;

/** When a rule or a boost applies. A fact that is not known makes a comparison false, whatever is compared. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly fact: string; readonly is: string | number | boolean }
  | { readonly fact: string; readonly in: readonly (string | number)[] }
  | { readonly fact: string; readonly has: string }
  | { readonly fact: string; readonly atLeast: number }
  | { readonly fact: string; readonly below: number };

const PARTS_MAX = 20;
const fact = z.string().min(1).max(80);
const whole = z.int();
const scalar = z.union([z.string().max(100), whole, z.boolean()]);

export const conditionShape: z.ZodType<Condition> = z.lazy(() => {
  const parts = z.array(conditionShape).min(1).max(PARTS_MAX);
  return z.union([
    z.strictObject({ all: parts }),
    z.strictObject({ any: parts }),
    z.strictObject({ not: conditionShape }),
    z.strictObject({ fact, is: scalar }),
    z.strictObject({
      fact,
      in: z
        .array(z.union([z.string().max(100), whole]))
        .min(1)
        .max(100),
    }),
    z.strictObject({ fact, has: z.string().max(100) }),
    z.strictObject({ fact, atLeast: whole }),
    z.strictObject({ fact, below: whole }),
  ]);
});

export function holds(condition: Condition, facts: Facts): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, facts));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  const value = facts[condition.fact];
  if ('is' in condition) return value === condition.is;
  if ('in' in condition) return (condition.in as readonly unknown[]).includes(value);
  if ('has' in condition) return Array.isArray(value) && value.includes(condition.has);
  if ('atLeast' in condition) return typeof value === 'number' && value >= condition.atLeast;
  return typeof value === 'number' && value < condition.below;
}

/** Every fact that a condition speaks of, with how it compares it. */
export function comparisons(condition: Condition): readonly Exclude<Condition, Compound>[] {
  if ('all' in condition) return condition.all.flatMap(comparisons);
  if ('any' in condition) return condition.any.flatMap(comparisons);
  if ('not' in condition) return comparisons(condition.not);
  return [condition];
}

type Compound = Extract<
  Condition,
  { all: readonly Condition[] } | { any: readonly Condition[] } | { not: Condition }
>;
