import { canonicalJson } from '../trace/record.ts';
import type {
  ClientStage,
  Consent,
  CustomerRecord,
  EvidencedStatus,
  Preferences,
  RiskProfile,
} from './records.ts';
import { CUSTOMER } from './records.ts';
import { normaliseName, normalisePhone } from './sealing/display.ts';
import type { FieldSealer } from './sealing/field-sealer.ts';

/** A client as a source system states them, checked; what a file row or a sample client becomes. */
export interface CustomerInput {
  readonly externalId: string;
  readonly customerNo: string;
  readonly orgPath: string;
  readonly region: string;
  readonly tier: string;
  readonly clubs: readonly string[];
  readonly stage: ClientStage;
  readonly name: string;
  readonly phone: string;
  /** `YYYY-MM-DD` */
  readonly birthDate?: string;
  readonly riskProfile?: Omit<RiskProfile, 'no'>;
  readonly professional?: EvidencedStatus;
  readonly eligibility: Readonly<Record<string, EvidencedStatus>>;
  readonly permissions: readonly string[];
  readonly preferences: Preferences;
  readonly personalisation: boolean;
  readonly consents: readonly Consent[];
}

/** The same input always has the same digest; nobody without the key can try inputs against it. */
export function importDigests(input: CustomerInput, sealer: FieldSealer): string[] {
  return sealer.blindIndexes('import', canonicalJson(input));
}

/**
 * The record that an input makes of what was there before. A profile that was recorded here later than the imported
 * one stays: a source that lags behind must not undo a new assessment.
 */
export function recordFromInput(
  input: CustomerInput,
  before: CustomerRecord | undefined,
  context: {
    readonly partyId: string;
    readonly seq: number;
    readonly at: Date;
    readonly sealer: FieldSealer;
  },
): CustomerRecord {
  const { partyId, seq, at, sealer } = context;
  const personKey = before?.personKey ?? sealer.newPersonKey(partyId);
  const person = sealer.forPerson(CUSTOMER.customers, partyId, personKey);
  const riskProfile = newerProfile(before?.riskProfile, input.riskProfile);
  const since = new Map(before?.clubs.map((club) => [club.code, club.since]));
  return {
    _id: partyId,
    customerNo: input.customerNo,
    externalId: input.externalId,
    orgPath: input.orgPath,
    region: input.region,
    tier: input.tier,
    clubs: input.clubs.map((code) => ({ code, since: since.get(code) ?? at })),
    stage: input.stage,
    personKey,
    name: person.seal('name', input.name),
    phone: person.seal('phone', input.phone),
    ...(input.birthDate === undefined ? {} : { birthDate: person.seal('birthDate', input.birthDate) }),
    nameIndex: sealer.blindIndex('name', normaliseName(input.name)),
    phoneIndex: sealer.blindIndex('phone', normalisePhone(input.phone)),
    ...(riskProfile === undefined ? {} : { riskProfile }),
    ...(input.professional === undefined ? {} : { professional: input.professional }),
    eligibility: input.eligibility,
    permissions: [...input.permissions],
    preferences: input.preferences,
    personalisation: input.personalisation,
    consents: [...input.consents],
    importDigest: importDigests(input, sealer)[0]!,
    seq,
    createdAt: before?.createdAt ?? at,
    changedAt: at,
  };
}

function newerProfile(
  current: RiskProfile | undefined,
  imported: Omit<RiskProfile, 'no'> | undefined,
): RiskProfile | undefined {
  if (!imported) return current;
  if (!current) return { ...imported, no: 1 };
  if (imported.assessedAt < current.assessedAt || sameProfile(current, imported)) return current;
  return { ...imported, no: current.no + 1 };
}

function sameProfile(a: Omit<RiskProfile, 'no'>, b: Omit<RiskProfile, 'no'>): boolean {
  return (
    a.level === b.level &&
    a.lowestCategory === b.lowestCategory &&
    a.assessedAt.getTime() === b.assessedAt.getTime() &&
    a.validUntil.getTime() === b.validUntil.getTime() &&
    a.answersId === b.answersId
  );
}
