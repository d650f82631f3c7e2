import type { KeyObject } from 'node:crypto';
import type { Request, Response } from 'express';
import type { GraphQLResolveInfo } from 'graphql';
import type { Model, Schema } from 'mongoose';
import type { ZodType } from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Config } from '../config.ts';
import type { Database, TransactOptions, Tx } from '../db/database.ts';
import type { FactValue } from '../earning/condition.ts';
import type { IncentiveBasis } from '../earning/policy.ts';
import type { OutboxEvent } from '../event/outbox.ts';
import type { Logger } from '../log.ts';
import type { Clock } from '../time/clock.ts';
import type { GatewayDeclaration } from './gateway.ts';
import type { FulfilmentDeclaration, KillSwitchDeclaration, PaymentMethodDeclaration } from './sale.ts';
import type { ServiceToken } from './service.ts';
import type {
  WorkbenchFigureDeclaration,
  WorkbenchScheduleDeclaration,
  WorkbenchTaskDeclaration,
} from './workbench.ts';

/** A text in both languages of the house. */
export interface LocalizedText {
  readonly zh: string;
  readonly en: string;
}

/** Why something cannot be done, for a machine (`code`) and for a person. */
export interface Reason {
  readonly code: string;
  readonly text: LocalizedText;
  /** The attribute, listing or other place that must change. */
  readonly path?: string;
}

/**
 * What a plugin adds, as plain data. It is checked whole before anything runs, so that a wrong declaration refuses to
 * start and names both sides. Core's own features are declared in the same shape, by the owner `core`.
 */
export interface Plugin {
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  /** Names of plugins (or `core`) with the semver range of each; the loading order is derived from it. */
  readonly requires: Readonly<Record<string, string>>;
  readonly schema?: { readonly typeDefs: string; readonly resolvers: Resolvers };
  readonly models?: readonly ModelDeclaration[];
  readonly services?: readonly ServiceDeclaration[];
  readonly permissions?: readonly PermissionDeclaration[];
  readonly productKinds?: readonly ProductKindDeclaration[];
  readonly listingGates?: readonly ListingGate[];
  readonly events?: readonly EventDeclaration[];
  readonly handlers?: readonly HandlerDeclaration[];
  readonly jobs?: readonly JobDeclaration[];
  readonly schedules?: readonly ScheduleDeclaration[];
  readonly approvalSubjects?: readonly ApprovalSubject[];
  readonly routes?: readonly RouteDeclaration[];
  readonly apiDocuments?: readonly ApiDocumentDeclaration[];
  readonly importers?: readonly ImporterDeclaration[];
  readonly migrations?: readonly MigrationDeclaration[];
  readonly sampleData?: readonly SampleDataDeclaration[];
  readonly personalData?: readonly PersonalDataDeclaration[];
  readonly ruleData?: readonly RuleDataDeclaration[];
  readonly invariants?: readonly InvariantDeclaration[];
  readonly paymentMethods?: readonly PaymentMethodDeclaration[];
  readonly fulfilment?: readonly FulfilmentDeclaration[];
  readonly killSwitches?: readonly KillSwitchDeclaration[];
  readonly workbenchTasks?: readonly WorkbenchTaskDeclaration[];
  readonly workbenchFigures?: readonly WorkbenchFigureDeclaration[];
  readonly workbenchSchedule?: readonly WorkbenchScheduleDeclaration[];
  readonly gateways?: readonly GatewayDeclaration[];
  readonly start?: (host: Host) => Promise<void>;
  readonly stop?: (host: Host) => Promise<void>;
}

/** One manifest per boot: a factory, so that two apps in one process share nothing. */
export type PluginFactory = () => Plugin;

/** Wraps a manifest factory; options are given where the plugin is installed (`plugins/index.ts`). */
export function definePlugin<O = void>(create: (options: O) => Plugin): (options: O) => PluginFactory {
  return (options) => () => create(options);
}

/** What a plugin is given: its own models, the services that it requires, and the platform's ways of doing things. */
export interface Host {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: Config;
  /** A collection that this plugin declared. */
  model<T>(name: string): Model<T>;
  /** A service of core or of a plugin in `requires`. */
  service<T>(token: ServiceToken<T>): T;
  transact<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options?: TransactOptions): Promise<T>;
  snapshot: Database['snapshot'];
  /** All declarations of a kind from core and every plugin, with their owners. */
  declared<K extends DeclarationList>(list: K): readonly Declared<NonNullable<Plugin[K]>[number]>[];
}

export type DeclarationList = {
  [K in keyof Plugin]-?: NonNullable<Plugin[K]> extends readonly unknown[] ? K : never;
}[keyof Plugin];
export type Declared<T> = T & { readonly owner: string };

/** What a resolver knows of the request that it serves. */
export interface RequestContext {
  readonly actor: Actor;
  /** The instant at which this request is answered. */
  readonly at: Date;
  readonly requestId: string;
  service<T>(token: ServiceToken<T>): T;
  /** A value computed once per request, e.g. a DataLoader. */
  perRequest<T>(key: symbol, create: () => T): T;
}

/** Parameters are `never` so that a resolver may state the types of its own parent and arguments. */
export type FieldResolver = (
  parent: never,
  args: never,
  context: RequestContext,
  info: GraphQLResolveInfo,
) => unknown;
export type Resolvers = Readonly<Record<string, Readonly<Record<string, FieldResolver>>>>;

export interface ModelDeclaration {
  /** The collection, prefixed by its feature, e.g. `fund_pool_members`. */
  readonly name: string;
  readonly schema: Schema<never> | Schema;
  /** The key that a sharded cluster divides this collection by. */
  readonly shardKey: Readonly<Record<string, 1 | 'hashed'>>;
  /** How long records are kept, in words for the records schedule. */
  readonly retention: string;
}

export interface ServiceDeclaration {
  readonly token: ServiceToken<unknown>;
  readonly create: (host: Host) => unknown;
}

export interface PermissionDeclaration {
  /** Dotted, e.g. `product.submit`. */
  readonly code: string;
  readonly title: LocalizedText;
  /** Roles that hold it from the start. */
  readonly roles: readonly string[];
}

export interface ProductKindDeclaration {
  readonly code: string;
  readonly name: LocalizedText;
  readonly nature: 'FINANCIAL' | 'SERVICE';
  /** JSON Schema (draft 2020-12) of the attributes; per property `x-group`, `x-unit`, `x-filterable`, `x-searchable`, `x-required-to-list`, `x-material` and a zh/en `x-title`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Which parts a product needs before it may be submitted, beside required attributes. */
  readonly requiredToList: readonly ('PRICE' | 'RISK_RATING' | 'CATEGORY' | 'NAME_EN')[];
  /** Which suitability dimensions are asked of this kind; the policy's default where absent. */
  readonly suitabilityDimensions?: readonly string[];
  readonly riskFloor?: 'R1' | 'R2' | 'R3' | 'R4' | 'R5';
  /** False: never shown to a client whose eligibility is not verified (private funds). */
  readonly publicOffer?: boolean;
}

/** A pre-check before listing; what binds is a block on the product. */
export interface ListingGate {
  readonly code: string;
  /** Reasons against listing, by product id; products without any are absent. */
  readonly check: (
    productIds: readonly string[],
    host: Host,
    at: Date,
  ) => Promise<ReadonlyMap<string, Reason[]>>;
}

export interface EventDeclaration {
  readonly name: string;
  readonly version: number;
  readonly shape: ZodType;
  readonly description: string;
  /** Where earning rules may speak of the event. */
  readonly occurrence?: OccurrenceDeclaration;
}

/** How an event looks to rules: something that one client did or that happened to them. */
export interface OccurrenceDeclaration {
  readonly title: LocalizedText;
  /** What rules may know of it, as `event.NAME`. */
  readonly facts: Readonly<Record<string, FactDeclaration>>;
  /** The whole event is what the law watches incentives for, e.g. the purchase of a fund. */
  readonly basis?: IncentiveBasis;
  /** Other systems may tell of it; absent: it is the platform's own word. */
  readonly reported?: true;
  readonly read: (payload: Readonly<Record<string, unknown>>) => Occurrence;
}

export interface FactDeclaration {
  /** `INTEGER`: whole, money in 分. `LIST`: of texts. */
  readonly type: 'INTEGER' | 'TEXT' | 'FLAG' | 'LIST';
  readonly title: LocalizedText;
  /** The fact measures what the law watches incentives for, e.g. a commission. */
  readonly basis?: IncentiveBasis;
  readonly optional?: boolean;
}

export interface Occurrence {
  /** The system that told of it, and its id there: together they are never used twice. */
  readonly source: string;
  readonly id: string;
  readonly partyId: string;
  /** When it happened. */
  readonly at: Date;
  /** By the names of the declaration, without `event.`. */
  readonly facts: Readonly<Record<string, FactValue | undefined>>;
  /** The occurrence of the same source that this one takes back. */
  readonly reverses?: string;
}

export const EVERY_OCCURRENCE = Symbol('every occurrence');

export interface HandlerDeclaration {
  /** Unique within the plugin; with the owner it names the delivery state. */
  readonly name: string;
  /** The event's name, or every event that earning rules may speak of, whoever declares it. */
  readonly on: string | typeof EVERY_OCCURRENCE;
  /** Runs in a transaction in which the host has already recorded that this event was handled. */
  readonly run: (tx: Tx, event: OutboxEvent, host: Host) => Promise<void>;
  /** After the last try: stop the events of this key for this handler, or go on without this one. */
  readonly onPoison: 'park-key' | 'skip';
}

export interface JobDeclaration {
  readonly name: string;
  readonly version: number;
  readonly payload: ZodType;
  readonly attemptsMax: number;
  readonly timeLimitMs: number;
  readonly run: (payload: never, host: Host, run: JobRun) => Promise<void>;
}

export interface JobRun {
  readonly id: string;
  readonly attempt: number;
  readonly at: Date;
  /** Aborted at the time limit and at shutdown. */
  readonly signal: AbortSignal;
}

export interface ScheduleDeclaration {
  /** Five or six cron fields, read in Asia/Shanghai. */
  readonly cron: string;
  readonly job: string;
  readonly payload?: Record<string, unknown>;
  /** What to do about firings that nobody was up to see: run the latest once, or none. */
  readonly missed: 'once' | 'skip';
}

/** A sort of change that two people decide: what changes, what follows from it, and how it is applied. */
export interface ApprovalSubject {
  readonly type: string;
  readonly title: LocalizedText;
  /** Permission of the maker and of the checker. */
  readonly permissions: { readonly propose: string; readonly decide: string };
  /** Applied exactly once, in the transaction of the approval. */
  readonly apply: (tx: Tx, approval: ApprovedChange, host: Host) => Promise<void>;
  /** In the transaction of a rejection or a withdrawal, where the subject must go back to an earlier state. */
  readonly close?: (
    tx: Tx,
    approval: ApprovedChange,
    outcome: 'REJECTED' | 'WITHDRAWN',
    host: Host,
  ) => Promise<void>;
  /** Field by field, old and new, for the checker. */
  readonly diff: (approval: ApprovedChange, host: Host) => Promise<readonly ApprovalDiffLine[]>;
}

export interface ApprovedChange {
  readonly id: string;
  readonly type: string;
  readonly subjectIds: readonly string[];
  readonly change: Readonly<Record<string, unknown>>;
  readonly maker: { readonly id: string; readonly name: string };
  readonly reason: string;
  /** Revision of each subject that the maker saw; `apply` throws SUBJECT_CHANGED where it is another now. */
  readonly expectedRevisions?: Readonly<Record<string, number>>;
  /** What was said to the decision: the checker's words, or the maker's reason for a withdrawal. */
  readonly comment?: string;
}

export interface ApprovalDiffLine {
  readonly path: string;
  readonly title: LocalizedText;
  readonly before: unknown;
  readonly after: unknown;
}

export interface RouteDeclaration {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As Express reads it, e.g. `/partner/v1/reservations/:id`. */
  readonly path: string;
  /** The permission that a caller with a bearer token must hold, or who may sign; there is no route for everyone. */
  readonly access: string | SignedAccess;
  /** A signed request's body is JSON already parsed, as everywhere; its signature was checked over the bytes as sent. */
  readonly handle: (request: Request, response: Response, context: RequestContext) => Promise<void>;
}

/**
 * A description of routes that anybody may read, since it says nothing of anybody: the only thing served without a
 * caller. It is committed under schemas/generated too, and drift fails.
 */
export interface ApiDocumentDeclaration {
  /** Unique, e.g. `shop`: the file is `shop.openapi.json`. */
  readonly name: string;
  /** Where it is served, e.g. `/shop/v1/openapi.json`. */
  readonly path: string;
  /** OpenAPI 3.1, made of the shapes by which requests are checked. */
  readonly document: () => Readonly<Record<string, unknown>>;
}

/** A route whose callers prove who they are by signing each request (RFC 9421, Ed25519). */
export interface SignedAccess {
  /** The key of this id while it may be used, and on whose behalf it signs; who is answered for is never in the body. */
  readonly signer: (
    keyId: string,
    host: Host,
  ) => Promise<{ readonly publicKey: KeyObject; readonly actor: Actor } | undefined>;
}

export interface ImporterDeclaration {
  /** `npm run import -- NAME FILE`. */
  readonly name: string;
  readonly title: LocalizedText;
  readonly run: (input: ImportInput, host: Host) => Promise<ImportReport>;
}

export interface ImportInput {
  readonly file: string;
  readonly actor: Actor;
  readonly dryRun: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

export interface ImportReport {
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: readonly ImportProblem[];
  /** Further counts of this importer, e.g. unrated funds by type. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface ImportProblem {
  /** Line in the file, the header being 1. */
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly problem: LocalizedText;
}

export interface MigrationDeclaration {
  readonly id: string;
  readonly why: string;
  readonly up: (host: Host) => Promise<void>;
}

export interface SampleDataDeclaration {
  readonly name: string;
  /** Lower first. */
  readonly order: number;
  readonly load: (host: Host, progress: (done: number, total: number) => void) => Promise<void>;
}

/** A field that names or describes a person, for the register of records (schemas/generated/records.json). */
export interface PersonalDataDeclaration {
  readonly model: string;
  readonly field: string;
  readonly purpose: string;
  readonly retention: string;
}

/** Rule data that staff may change without a release: seeded once, then by maker and checker. */
export interface RuleDataDeclaration {
  /** Stable code, e.g. `suitability-policy`. */
  readonly kind: string;
  readonly title: LocalizedText;
  /** What ships with this version of the platform. */
  readonly shipped: { readonly id: string; readonly version: number };
  /** Everything that is wrong with a piece of such data, by place; empty where it can be used. */
  readonly validate: (
    data: unknown,
    host: Host,
  ) => readonly { readonly path: string; readonly message: string }[];
}

/** What must always hold of stored records, as a check that reads all of them (`npm run invariants`). */
export interface InvariantDeclaration {
  /** Stable, dotted after its owner, e.g. `shop.orders`. */
  readonly name: string;
  readonly title: LocalizedText;
  /** Streams the records beside a working platform and yields what is broken, first things first. */
  readonly check: (host: Host, progress: (done: number, total: number) => void) => AsyncIterable<Violation>;
}

/** A record that is not what it must be. */
export interface Violation {
  /** Stable, in capitals. */
  readonly code: string;
  /** Which record. */
  readonly subject: string;
  /** What is wrong with it; no personal data. */
  readonly text: string;
}
