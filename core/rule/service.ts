import type { Actor } from '../access/actor.ts';
import { systemActor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import { collection } from '../catalog/collections.ts';
import { publish, publishIn } from '../catalog/publish.ts';
import { CATALOG, type CatalogSequence } from '../catalog/records.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { PlatformError, StartError } from '../errors.ts';
import type { RuleProblem } from '../explain/rule-data.ts';
import type {
  ApprovalDiffLine,
  ApprovedChange,
  Declared,
  Host,
  RuleDataDeclaration,
} from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { serviceToken } from '../plugin/service.ts';
import { Loop } from '../time/loop.ts';
import { canonicalJson } from '../trace/record.ts';
import { diffData } from './diff.ts';
import { RULE_VERSIONS, type RuleVersionRecord } from './records.ts';

export const RULE_SUBJECT = 'rule.version';
const POLL_MS = 250;
const HISTORY_MAX = 100;
const DATA_BYTES_MAX = 256 * 1024;

/** Rule data as in force in this process, at most a poll behind the database. */
export interface RuleInForce {
  readonly version: string;
  readonly data: unknown;
  /** The publication that put it in force. */
  readonly seq: number;
}

export type ProposedRule =
  { readonly approvalId: string; readonly version: string } | { readonly problems: readonly RuleProblem[] };

export const ruleService = serviceToken<RuleService>('core', 'rule');

/**
 * Versioned rule data: seeded once from what ships, changed by two people, followed by every process. What an upgrade
 * ships beside a version in force arrives as a draft and never overwrites.
 */
export class RuleService {
  readonly #host: Host;
  readonly #inForce = new Map<string, RuleInForce>();
  readonly #listeners = new Set<(kind: string) => void>();
  readonly #loop: Loop;
  #seenSeq = -1;

  constructor(host: Host) {
    this.#host = host;
    this.#loop = new Loop({
      name: 'rule data',
      everyMs: POLL_MS,
      step: () => this.poll(),
      logger: host.logger,
    });
  }

  /** @throws StartError where shipped or stored data is not valid */
  async start(): Promise<void> {
    await this.poll();
    for (const declaration of this.#host.declared('ruleData')) {
      await this.#seed(declaration);
      // What is declared later may be checked against it.
      await this.poll();
      const { version: inForce, data } = this.current(declaration.kind);
      this.#refuseStart(declaration, `rule data "${declaration.kind}" ${inForce}`, data);
    }
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** The data of a kind as this process knows it. */
  current(kind: string): RuleInForce {
    const rule = this.#inForce.get(kind);
    if (!rule) throw new Error(`No rule data of kind "${kind}" is declared.`);
    return rule;
  }

  /** Called after another version of a kind has come into force in this process. */
  onChange(listener: (kind: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts changed data before a second person, or says everything that is wrong with it. Its `version` is assigned here. */
  async propose(actor: Actor, kind: string, data: unknown, reason: string): Promise<ProposedRule> {
    const declaration = this.#declaration(kind);
    const text = JSON.stringify(data);
    if (text.length > DATA_BYTES_MAX)
      return {
        problems: [{ path: '(whole)', message: `at most ${DATA_BYTES_MAX} bytes; this has ${text.length}` }],
      };
    const problems = this.#problemsOf(declaration, data);
    if (problems.length > 0) return { problems };
    try {
      return await this.#host.transact(actor, async (tx) => {
        const id = (data as { id: string }).id;
        const number = (await this.#highestNumber(kind, id, tx)) + 1;
        const version = `${id}@${number}`;
        const record = this.#record(
          tx,
          kind,
          { ...(data as object), version: number },
          'STAFF',
          version,
          reason,
        );
        await this.#versions.insertOne(record, { session: tx.session });
        const approvalId = await this.#host.service(approvalService).propose(tx, {
          type: RULE_SUBJECT,
          subjectIds: [record._id],
          change: { kind, version },
          reason,
        });
        return { approvalId, version };
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new PlatformError('SUBJECT_CHANGED', 'Somebody proposed a version at the same time. Try again.', {
        status: 409,
      });
    }
  }

  /** In the transaction of the approval: the new version comes into force and the old one is superseded. */
  async apply(tx: Tx, approval: ApprovedChange): Promise<void> {
    const { kind, version } = approval.change as { kind: string; version: string };
    await this.#refuseUnfit(tx, kind, version);
    await publishIn(tx, this.#host, async (seq) => {
      const session = tx.session;
      await this.#versions.updateMany(
        { kind, state: 'IN_FORCE' },
        { $set: { state: 'SUPERSEDED' } },
        { session },
      );
      const checker = { id: tx.actor.id, name: tx.actor.name };
      await this.#versions.updateOne(
        { _id: idOf(kind, version), state: 'DRAFT' },
        { $set: { state: 'IN_FORCE', seq, checker, changedAt: tx.at } },
        { session },
      );
      this.#note(tx, 'rule.in-force', kind, version, approval.reason, seq);
      tx.publish({ name: 'rule.in-force', key: `rule:${kind}`, payload: { kind, version, seq } });
    });
    tx.afterCommit(() => this.#loop.wake());
  }

  async close(tx: Tx, approval: ApprovedChange): Promise<void> {
    const { kind, version } = approval.change as { kind: string; version: string };
    await this.#versions.updateOne(
      { _id: idOf(kind, version) },
      { $set: { state: 'REJECTED', changedAt: tx.at } },
      { session: tx.session },
    );
    this.#note(tx, 'rule.rejected', kind, version, approval.reason);
  }

  /** Value by value: what is in force, and what was proposed. */
  async diff(approval: ApprovedChange): Promise<readonly ApprovalDiffLine[]> {
    const { kind, version } = approval.change as { kind: string; version: string };
    const proposed = await this.#versions.findOne({ _id: idOf(kind, version) });
    const before = await this.#versions.findOne({ kind, state: 'IN_FORCE' });
    return diffData(before ? JSON.parse(before.data) : {}, proposed ? JSON.parse(proposed.data) : {});
  }

  /** Versions of a kind, newest first. */
  history(kind: string): Promise<RuleVersionRecord[]> {
    this.#declaration(kind);
    return this.#versions.find({ kind }).sort({ changedAt: -1, _id: 1 }).limit(HISTORY_MAX).toArray();
  }

  kinds(): readonly Declared<RuleDataDeclaration>[] {
    return this.#host.declared('ruleData');
  }

  /** Loads what has come into force since the last look; true never, since one look sees all. */
  async poll(): Promise<boolean> {
    const counter = await collection<CatalogSequence>(this.#host, CATALOG.sequence).findOne({
      _id: 'catalog',
    });
    if (!counter || counter.seq === this.#seenSeq) return false;
    for (const record of await this.#versions.find({ state: 'IN_FORCE' }).toArray()) this.#adopt(record);
    this.#seenSeq = counter.seq;
    return false;
  }

  /** What it was checked against may have changed since it was proposed: rules must fit what is in force now. */
  async #refuseUnfit(tx: Tx, kind: string, version: string): Promise<void> {
    const draft = await this.#versions.findOne(
      { _id: idOf(kind, version), state: 'DRAFT' },
      { session: tx.session },
    );
    if (!draft) throw new Error(`Rule data "${version}" of kind "${kind}" is no draft any more.`);
    const [problem] = this.#problemsOf(this.#declaration(kind), JSON.parse(draft.data));
    if (problem)
      throw new PlatformError(
        'RULE_DATA_INVALID',
        `It does not fit what is in force now. ${problem.path}: ${problem.message}`,
        { status: 409 },
      );
  }

  #problemsOf(declaration: Declared<RuleDataDeclaration>, data: unknown): readonly RuleProblem[] {
    return declaration.validate(data, asCoreHost(this.#host).hostOf(declaration.owner));
  }

  #adopt({ kind, version, data, seq = 0 }: RuleVersionRecord): void {
    if (this.#inForce.get(kind)?.version === version) return;
    this.#inForce.set(kind, { version, data: JSON.parse(data), seq });
    for (const listener of this.#listeners) listener(kind);
  }

  async #seed(declaration: Declared<RuleDataDeclaration>): Promise<void> {
    const { kind, shipped } = declaration;
    const version = `${shipped.id}@${shipped.version}`;
    if (await this.#versions.findOne({ _id: idOf(kind, version) })) return;
    const any = await this.#versions.findOne({ kind, state: 'IN_FORCE' });
    // Beside a version in force it is only a draft, and is checked when somebody proposes it.
    if (!any) this.#refuseStart(declaration, `rule data "${kind}"`, shipped);
    try {
      await publish(this.#host, systemActor('rule'), async (tx, seq) => {
        const record = this.#record(
          tx,
          kind,
          shipped,
          'SHIPPED',
          version,
          any ? 'Shipped with an upgrade' : 'Shipped default',
        );
        const first = any ? record : { ...record, state: 'IN_FORCE' as const, seq };
        await this.#versions.insertOne(first, { session: tx.session });
        this.#note(tx, any ? 'rule.shipped' : 'rule.in-force', kind, version, record.reason, seq);
      });
    } catch (error) {
      // Another process seeded the same at the same time.
      if (!isDuplicateKey(error)) throw error;
    }
  }

  #refuseStart(declaration: Declared<RuleDataDeclaration>, subject: string, data: unknown): void {
    const problems = this.#problemsOf(declaration, data);
    if (problems.length > 0)
      throw new StartError(
        'RULE_DATA_INVALID',
        subject,
        problems.map(({ path, message }) => `${path}: ${message}`).join('; '),
      );
  }

  #record(
    tx: Tx,
    kind: string,
    data: object,
    origin: RuleVersionRecord['origin'],
    version: string,
    reason: string,
  ): RuleVersionRecord {
    const maker = { id: tx.actor.id, name: tx.actor.name };
    return {
      _id: idOf(kind, version),
      kind,
      version,
      data: canonicalJson(data),
      origin,
      state: 'DRAFT',
      reason,
      maker,
      changedAt: tx.at,
    };
  }

  #note(tx: Tx, action: string, kind: string, version: string, reason: string, seq?: number): void {
    tx.trace({
      action,
      subject: { type: 'Rule', id: kind },
      reason,
      details: { version, ...(seq === undefined ? {} : { seq }) },
    });
  }

  async #highestNumber(kind: string, id: string, tx: Tx): Promise<number> {
    const versions = await this.#versions
      .find({ kind }, { session: tx.session, projection: { version: 1 } })
      .toArray();
    return Math.max(
      0,
      ...versions
        .filter(({ version }) => version.startsWith(`${id}@`))
        .map(({ version }) => Number(version.slice(id.length + 1))),
    );
  }

  #declaration(kind: string): Declared<RuleDataDeclaration> {
    const declaration = this.kinds().find((one) => one.kind === kind);
    if (!declaration)
      throw new PlatformError(
        'RULE_KIND_UNKNOWN',
        `There is no rule data "${kind}". Use one of ${this.kinds()
          .map((one) => one.kind)
          .join(', ')}.`,
        { status: 404 },
      );
    return declaration;
  }

  get #versions() {
    return collection<RuleVersionRecord>(this.#host, RULE_VERSIONS);
  }
}

function idOf(kind: string, version: string): string {
  return `${kind}:${version}`;
}
