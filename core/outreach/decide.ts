import type { GatewayDeclaration, Purpose } from '../plugin/gateway.ts';
import { businessDate } from '../time/business-day.ts';
import { nextWithin } from './hours.ts';
import type { OutreachPolicy } from './policy.ts';

/** The consent that marketing by SMS needs. */
export const MARKETING_CONSENT = 'MARKETING_SMS';

export type RefusalCode =
  | 'OUTREACH_GATEWAY_UNFIT'
  | 'OUTREACH_NO_NUMBER'
  | 'OUTREACH_REPEATED'
  | 'OUTREACH_NOT_RECOMMENDABLE'
  | 'OUTREACH_NOT_PERSONALISED'
  | 'OUTREACH_NO_CONSENT'
  | 'OUTREACH_DO_NOT_DISTURB'
  | 'OUTREACH_QUIET_HOURS'
  | 'OUTREACH_CAP_REACHED';

/** What a permit is asked for. */
export interface OutreachAsk {
  readonly gateway: string;
  readonly purpose: Purpose;
  readonly partyId: string;
  /** The product that the message is of or about: a message is a recommendation too. */
  readonly productId?: string;
  /** The client was chosen, or the text made, by what is known of them alone. */
  readonly personalised?: boolean;
}

/** What is known when a permit is asked for. */
export interface OutreachKnowledge {
  readonly gateway?: Pick<GatewayDeclaration, 'capabilities'>;
  /** Digits of the client's number; absent where there is none or the client is not known. */
  readonly number?: string;
  readonly personalisation: boolean;
  readonly consents: ReadonlySet<string>;
  readonly doNotDisturb: boolean;
  /** Whether suitability lets the product be recommended; for marketing also whether it is on show. True without a product. */
  readonly recommendable: boolean;
  /** How often each counter has counted. */
  readonly counted: (key: string) => number;
}

export interface CounterUse {
  readonly key: string;
  readonly max: number;
}

export type OutreachDecision =
  | { readonly permitted: true; readonly counters: readonly CounterUse[] }
  | { readonly permitted: false; readonly code: RefusalCode; readonly notBefore?: Date };

/** May this message be sent to this client now. The gravest reason is told: what is for good before what will pass. */
export function decideOutreach(
  ask: OutreachAsk,
  known: OutreachKnowledge,
  policy: OutreachPolicy,
  at: Date,
): OutreachDecision {
  const { purpose, gateway } = ask;
  const marketing = purpose === 'MARKETING';
  if (!known.gateway || (marketing && !known.gateway.capabilities.promotion))
    return refusal('OUTREACH_GATEWAY_UNFIT');
  if (known.number === undefined) return refusal('OUTREACH_NO_NUMBER');
  if (purpose !== 'SERVICE' && !known.recommendable) return refusal('OUTREACH_NOT_RECOMMENDABLE');
  if (marketing && !known.consents.has(MARKETING_CONSENT)) return refusal('OUTREACH_NO_CONSENT');
  if (marketing && ask.personalised === true && !known.personalisation)
    return refusal('OUTREACH_NOT_PERSONALISED');
  if (marketing && known.doNotDisturb) return refusal('OUTREACH_DO_NOT_DISTURB');
  const counters = countersUsed(ask, known.number, policy, at);
  if (counters.some(({ key, max }) => known.counted(key) >= max)) return refusal('OUTREACH_CAP_REACHED');
  const hours = policy.gateways[gateway]?.hours[purpose] ?? policy.purposes[purpose].hours;
  const notBefore = hours ? nextWithin(hours, at) : at;
  if (notBefore > at) return { ...refusal('OUTREACH_QUIET_HOURS'), notBefore };
  return { permitted: true, counters };
}

export function countersUsed(
  { gateway, purpose, partyId }: OutreachAsk,
  number: string,
  policy: OutreachPolicy,
  at: Date,
): CounterUse[] {
  const { perClientDayMax, perPrefixHourMax, perGatewayDayMax } = policy.purposes[purpose];
  const day = businessDate(at);
  return [
    { key: `client:${partyId}:${purpose}:${day}`, max: perClientDayMax },
    { key: `gateway:${gateway}:${purpose}:${day}`, max: perGatewayDayMax },
    ...(perPrefixHourMax === undefined
      ? []
      : [
          {
            key: `prefix:${number.slice(0, 7)}:${purpose}:${at.toISOString().slice(0, 13)}`,
            max: perPrefixHourMax,
          },
        ]),
  ];
}

function refusal(code: RefusalCode): { readonly permitted: false; readonly code: RefusalCode } {
  return { permitted: false, code };
}

/**
 * Whether a consent holds: the act that came last, here or in the system that clients are imported from. At the same
 * instant a withdrawal counts.
 */
export function consentHolds(
  imported: { readonly givenAt: Date; readonly withdrawnAt?: Date } | undefined,
  recorded: { readonly given: boolean; readonly at: Date } | undefined,
): boolean {
  if (!imported) return recorded?.given === true;
  const theirs = { given: imported.withdrawnAt === undefined, at: imported.withdrawnAt ?? imported.givenAt };
  if (!recorded) return theirs.given;
  if (recorded.at.getTime() === theirs.at.getTime()) return recorded.given && theirs.given;
  return recorded.at > theirs.at ? recorded.given : theirs.given;
}
