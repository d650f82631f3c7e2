import { z, type ZodType } from 'zod';
import type { FactValue } from '../earning/condition.ts';
import type { IncentiveBasis } from '../earning/policy.ts';
import type { EventDeclaration, FactDeclaration, LocalizedText } from '../plugin/contract.ts';

/** Something that other systems tell of, one client at a time. */
export interface ActivityDeclaration {
  /** Name of the event, e.g. `trade.settled`. */
  readonly name: string;
  readonly version: number;
  readonly title: LocalizedText;
  readonly description: string;
  readonly facts: Readonly<Record<string, FactDeclaration>>;
  readonly basis?: IncentiveBasis;
}

const VALUE_SHAPES: Readonly<Record<FactDeclaration['type'], ZodType>> = {
  INTEGER: z.int(),
  TEXT: z.string().min(1).max(200),
  FLAG: z.boolean(),
  LIST: z.array(z.string().min(1).max(200)).max(50),
};

/** The event that is published for each accepted report of this activity. */
export function activityEvent(activity: ActivityDeclaration): EventDeclaration {
  const { name, version, description, title, facts, basis } = activity;
  return {
    name,
    version,
    description,
    shape: z.strictObject({
      source: z.string(),
      id: z.string(),
      partyId: z.string(),
      at: z.iso.datetime(),
      facts: factsShape(facts),
      /** The report of the same source that this one takes back. */
      reverses: z.string().optional(),
    }),
    occurrence: {
      title,
      facts,
      reported: true,
      ...(basis ? { basis } : {}),
      read: (payload) => ({
        source: payload.source as string,
        id: payload.id as string,
        partyId: payload.partyId as string,
        at: new Date(payload.at as string),
        facts: payload.facts as Record<string, FactValue | undefined>,
        ...(payload.reverses === undefined ? {} : { reverses: payload.reverses as string }),
      }),
    },
  };
}

/** What facts a report must and may state, and no others. */
export function factsShape(facts: Readonly<Record<string, FactDeclaration>>): ZodType {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(facts).map(([name, { type, optional }]) => {
        const shape = VALUE_SHAPES[type];
        return [name, optional ? shape.optional() : shape];
      }),
    ),
  );
}
