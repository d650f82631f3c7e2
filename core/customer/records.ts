import { Schema } from 'mongoose';
import type { LocalizedText } from '../plugin/contract.ts';
import type { RiskCategory } from '../risk/levels.ts';
import type { ReturnGoal, Term } from '../risk/questionnaire.ts';
import type { SealedText, WrappedKey } from './sealing/field-sealer.ts';

export const CLIENT_STAGES = ['POTENTIAL', 'ESTABLISHING', 'GROWING', 'MATURE', 'DECLINING', 'LOST'] as const;
/** Where a client stands in their time with the firm (客户生命周期). */
export type ClientStage = (typeof CLIENT_STAGES)[number];

/** The result of a questionnaire as in force; every one ever recorded stays in `customer_risk_profiles`. */
export interface RiskProfile {
  /** 1, 2, 3 … per client; with the party id it names the evidence. */
  no: number;
  level: RiskCategory;
  /** The weakest protection class (最低类别): from knock-out answers, not from the score. Only with C1. */
  lowestCategory: boolean;
  assessedAt: Date;
  /** Past this instant the outcome is EXPIRED. */
  validUntil: Date;
  answersId?: string;
}

/** A status that needs evidence and ends: professional investor, qualified investor. */
export interface EvidencedStatus {
  until: Date;
  evidenceId: string;
}

/** What a client wants of an investment; absent parts were never asked. */
export interface Preferences {
  /** How long money can stay invested. */
  term?: Term;
  /** Kinds of investment, e.g. `FIXED_INCOME`. */
  investmentKinds?: string[];
  returnGoal?: ReturnGoal;
}

/** What a client agreed to, and when it ended. */
export interface Consent {
  code: string;
  givenAt: Date;
  withdrawnAt?: Date;
  channel?: string;
}

/**
 * Who a client is to a decision. Everything that names the person is sealed under a key of their own. Collection
 * `customers`, `_id` = random party id: the only name by which journals and traces know a client.
 */
export interface CustomerRecord {
  _id: string;
  /** The firm's client number; unique. */
  customerNo: string;
  /** Id in the system that the client was imported from; unique, the key of an import. */
  externalId: string;
  orgPath: string;
  /** Jurisdiction that the client lives in, ISO 3166, e.g. `CN`. */
  region: string;
  tier: string;
  clubs: { code: string; since?: Date }[];
  stage: ClientStage;
  /** Absent once the person was erased. */
  personKey?: WrappedKey;
  name?: SealedText;
  phone?: SealedText;
  /** Sealed `YYYY-MM-DD`. */
  birthDate?: SealedText;
  /** Keyed digests for exact search. */
  nameIndex?: string;
  phoneIndex?: string;
  riskProfile?: RiskProfile;
  professional?: EvidencedStatus;
  /** Legal conditions with evidence, by the code that the suitability policy gives them, e.g. `qualified-investor`. */
  eligibility: Record<string, EvidencedStatus>;
  /** Opened trading permissions, e.g. `star-market`; the policy knows each as `permission.CODE`. */
  permissions: string[];
  preferences: Preferences;
  /** False: the client switched recommendations off. */
  personalisation: boolean;
  consents: Consent[];
  /** Digest of the imported row, so that the same row again changes nothing. */
  importDigest?: string;
  /** Number of the last change in `customer_sequence`; other processes follow it. */
  seq: number;
  createdAt: Date;
  changedAt: Date;
}

/** Append-only: the evidence of every assessment. `_id` = `${partyId}:${no}`. Collection `customer_risk_profiles`. */
export interface RiskProfileRecord extends RiskProfile {
  _id: string;
  partyId: string;
  recordedAt: Date;
  recordedBy: { id: string; name: string };
  source: 'IMPORT' | 'STAFF' | 'CLIENT';
}

export interface TierRule {
  code: string;
  name: LocalizedText;
  /** Higher is worth more; tiers are compared by it. */
  rank: number;
  /** Client assets from which the tier holds, in 分. */
  assetsFromMinor: number;
}

export interface ClubRule {
  code: string;
  name: LocalizedText;
  /** Which club's price goes first for a member of several; no two alike. */
  rank: number;
  admission: 'INVITATION' | 'TIER' | 'APPLICATION';
  /** With admission TIER: from this tier up. */
  tierFrom?: string;
}

/** Tiers and clubs as versioned rule data. Collection `customer_schemes`, `_id` = `customer-scheme@VERSION`. */
export interface SchemeRecord {
  _id: string;
  version: number;
  inForceFrom: Date;
  tiers: TierRule[];
  clubs: ClubRule[];
  /** Clients of this tier and above are core clients (核心客户). */
  coreFromTier: string;
  seq: number;
}

/** The one counter of changes to clients and schemes. Collection `customer_sequence`. */
export interface CustomerSequence {
  _id: 'customer';
  seq: number;
}

/**
 * Uniqueness that the party id does not lead: `_id` = `no:CUSTOMER_NO` or `external:EXTERNAL_ID`. A record of its own, so
 * that it holds on a sharded cluster too. Collection `customer_keys`.
 */
export interface CustomerKey {
  _id: string;
  partyId: string;
}

/** A branch of the firm. Collection `customer_branches`, `_id` = orgPath. */
export interface BranchRecord {
  _id: string;
  code: string;
  name: LocalizedText;
  region: LocalizedText;
}

export const CUSTOMER = {
  customers: 'customers',
  riskProfiles: 'customer_risk_profiles',
  schemes: 'customer_schemes',
  sequence: 'customer_sequence',
  branches: 'customer_branches',
  keys: 'customer_keys',
} as const;

const options = { versionKey: false, minimize: false } as const;
const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;
const count = { type: Number, required: true } as const;
const mixed = { type: Schema.Types.Mixed, required: true } as const;
const localized = { type: new Schema({ zh: text, en: text }, { _id: false }), required: true };

export const customerSchema = new Schema<CustomerRecord>(
  {
    _id: text,
    customerNo: text,
    externalId: text,
    orgPath: text,
    region: text,
    tier: text,
    clubs: [new Schema({ code: text, since: Date }, { _id: false })],
    stage: text,
    personKey: new Schema({ keyId: text, wrapped: text }, { _id: false }),
    name: String,
    phone: String,
    birthDate: String,
    nameIndex: String,
    phoneIndex: String,
    riskProfile: Schema.Types.Mixed,
    professional: Schema.Types.Mixed,
    eligibility: mixed,
    permissions: [String],
    preferences: mixed,
    personalisation: { type: Boolean, required: true },
    consents: [Schema.Types.Mixed],
    importDigest: String,
    seq: count,
    createdAt: date,
    changedAt: date,
  },
  options,
)
  .index({ customerNo: 1 })
  .index({ externalId: 1 })
  .index({ nameIndex: 1, customerNo: 1 })
  .index({ phoneIndex: 1, customerNo: 1 })
  .index({ seq: 1 });

export const riskProfileSchema = new Schema<RiskProfileRecord>(
  {
    _id: text,
    partyId: text,
    no: count,
    level: text,
    lowestCategory: { type: Boolean, required: true },
    assessedAt: date,
    validUntil: date,
    answersId: String,
    recordedAt: date,
    recordedBy: mixed,
    source: text,
  },
  options,
).index({ partyId: 1, no: -1 });

export const schemeSchema = new Schema<SchemeRecord>(
  {
    _id: text,
    version: count,
    inForceFrom: date,
    tiers: [Schema.Types.Mixed],
    clubs: [Schema.Types.Mixed],
    coreFromTier: text,
    seq: count,
  },
  options,
).index({ version: 1 }, { unique: true });

export const sequenceSchema = new Schema<CustomerSequence>({ _id: text, seq: count }, options);

export const keySchema = new Schema<CustomerKey>({ _id: text, partyId: text }, options);

export const branchSchema = new Schema<BranchRecord>(
  { _id: text, code: text, name: localized, region: localized },
  options,
);
