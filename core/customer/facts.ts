import { businessDate } from '../time/business-day.ts';
import type {
  ClientStage,
  CustomerRecord,
  EvidencedStatus,
  Preferences,
  RiskProfile,
  SchemeRecord,
} from './records.ts';
import { isCoreClient, tierRank } from './tiers.ts';

/** A client as every decision sees them: no name, no phone, nothing that is not decided by. */
export interface CustomerFacts {
  /** The random party id; what a price row for a named client refers to. */
  readonly id: string;
  readonly customerNo: string;
  readonly orgPath: string;
  /** Jurisdiction, ISO 3166. */
  readonly region: string;
  readonly tier: string;
  readonly tierRank: number;
  /** At or above the scheme's threshold for core clients (核心客户). */
  readonly core: boolean;
  readonly clubs: readonly { readonly code: string; readonly rank: number }[];
  readonly stage: ClientStage;
  /** `1958-04-30`; absent where it is not known. */
  readonly bornOn?: string;
  /** Full years at the instant asked for; absent where the birth date is not known. */
  readonly ageYears?: number;
  /** Absent: never assessed. */
  readonly riskProfile?: RiskProfileFacts;
  readonly professional?: Readonly<EvidencedStatus>;
  readonly eligibility: Readonly<Record<string, Readonly<EvidencedStatus>>>;
  readonly permissions: readonly string[];
  readonly preferences: Readonly<Preferences>;
  readonly personalisation: boolean;
  /** Codes of the consents that are given and not withdrawn. */
  readonly consents: readonly string[];
}

export interface RiskProfileFacts extends Readonly<RiskProfile> {
  /** `${partyId}:${no}`, the evidence. */
  readonly id: string;
}

/** The part of the facts that many clients share, so that it is kept once. */
export interface Segment {
  readonly orgPath: string;
  readonly region: string;
  readonly tier: string;
  readonly clubs: readonly string[];
  readonly stage: ClientStage;
  readonly professional?: EvidencedStatus;
  readonly eligibility: Readonly<Record<string, EvidencedStatus>>;
  readonly permissions: readonly string[];
  readonly preferences: Preferences;
  readonly personalisation: boolean;
  readonly consents: readonly string[];
}

/** What does not depend on the instant asked for. */
export interface StoredFacts {
  readonly partyId: string;
  readonly customerNo: string;
  readonly segment: Segment;
  readonly riskProfile?: Omit<RiskProfile, 'answersId'>;
  /** Days from 1970-01-01 to the birth date. */
  readonly birthDay?: number;
}

const DAY_MS = 86_400_000;

/** @param birthDate the opened `YYYY-MM-DD` */
export function storedFacts(record: CustomerRecord, birthDate: string | undefined): StoredFacts {
  const {
    orgPath,
    region,
    tier,
    stage,
    professional,
    eligibility,
    permissions,
    preferences,
    personalisation,
  } = record;
  return {
    partyId: record._id,
    customerNo: record.customerNo,
    segment: {
      orgPath,
      region,
      tier,
      clubs: record.clubs.map((club) => club.code),
      stage,
      ...(professional === undefined ? {} : { professional }),
      eligibility,
      permissions,
      preferences,
      personalisation,
      consents: record.consents.filter((one) => one.withdrawnAt === undefined).map((one) => one.code),
    },
    ...(record.riskProfile === undefined ? {} : { riskProfile: record.riskProfile }),
    ...(birthDate === undefined ? {} : { birthDay: Date.parse(`${birthDate}T00:00:00Z`) / DAY_MS }),
  };
}

/** The facts at an instant, under the scheme in force then. */
export function factsAt(stored: StoredFacts, scheme: SchemeRecord, at: Date): CustomerFacts {
  const { partyId, customerNo, segment, riskProfile, birthDay } = stored;
  return {
    id: partyId,
    customerNo,
    orgPath: segment.orgPath,
    region: segment.region,
    tier: segment.tier,
    tierRank: tierRank(scheme, segment.tier),
    core: isCoreClient(scheme, segment.tier),
    clubs: rankedClubs(segment.clubs, scheme),
    stage: segment.stage,
    ...(birthDay === undefined ? {} : { bornOn: isoDate(birthDay), ageYears: fullYears(birthDay, at) }),
    ...(riskProfile === undefined
      ? {}
      : { riskProfile: { ...riskProfile, id: `${partyId}:${riskProfile.no}` } }),
    ...(segment.professional === undefined ? {} : { professional: segment.professional }),
    eligibility: segment.eligibility,
    permissions: segment.permissions,
    preferences: segment.preferences,
    personalisation: segment.personalisation,
    consents: segment.consents,
  };
}

/** Full years lived on the Shanghai calendar date of an instant; who was born on 29 February turns on 1 March. */
export function fullYears(birthDay: number, at: Date): number {
  const born = isoDate(birthDay);
  const today = businessDate(at);
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** A club that the scheme no longer knows gives nothing. */
function rankedClubs(codes: readonly string[], scheme: SchemeRecord): { code: string; rank: number }[] {
  const clubs: { code: string; rank: number }[] = [];
  for (const { code, rank } of scheme.clubs) if (codes.includes(code)) clubs.push({ code, rank });
  return clubs;
}
