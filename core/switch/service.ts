import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import { collectionOf } from '../db/collection.ts';
import { PlatformError, notFound } from '../errors.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import { newId } from '../ids.ts';
import type { ApprovedChange, Host, Reason } from '../plugin/contract.ts';
import type { KillSwitchDeclaration, SwitchScope } from '../plugin/sale.ts';
import { serviceToken } from '../plugin/service.ts';
import { Loop } from '../time/loop.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import type { Tx } from '../db/database.ts';
import { SWITCHES, type SwitchRecord } from './records.ts';
import { isConfirmed, refusalBy, type KnownSwitches } from './refusal.ts';

export const SWITCH_LIFT_SUBJECT = 'switch.lift';
const POLL_MS = 1000;
const ASK_LIMIT_MS = 1000;
const REASON_CHARS_MIN = 5;

export const switchService = serviceToken<SwitchService>('core', 'switch');

export interface PlaceSwitch extends SwitchScope {
  readonly reason: string;
}

/**
 * Kill switches (熔断开关): placed at once by one entitled person, lifted by two, followed by every process each second.
 * They stop new sales and reservations; confirming, cancelling, refunding and looking up go on whatever they say.
 */
export class SwitchService {
  readonly #host: Host;
  readonly #loop: Loop;
  readonly #monotonicMs: () => number;
  #known: KnownSwitches | undefined;
  #asking: Promise<void> | undefined;

  constructor(host: Host, monotonicMs: () => number = () => performance.now()) {
    this.#host = host;
    this.#monotonicMs = monotonicMs;
    this.#loop = new Loop({
      name: 'switches',
      everyMs: POLL_MS,
      logger: host.logger,
      step: async () => {
        await this.refresh();
        return false;
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /**
   * Why none of this may begin now; undefined where nothing stops it. Asked before each sale or reservation, naming all
   * that it is part of, e.g. `[{ code: 'sales' }, { code: 'product', ref: 'TC-DEPTH' }]`. From memory while the last
   * confirmation is younger than 4 s; past that the database is asked once more, and silence is a refusal.
   */
  async refusalOf(scopes: readonly SwitchScope[]): Promise<Reason | undefined> {
    if (!isConfirmed(this.#known, this.#monotonicMs())) await this.refresh().catch(() => undefined);
    return refusalBy(this.#known, scopes, this.declared(), this.#monotonicMs());
  }

  /** Looks now instead of at the next poll. @throws where the database does not answer within a second */
  async refresh(): Promise<void> {
    // Whoever asks while a question is under way shares it; what it will say is no older than a second.
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    await withTimeLimit('asking for the switches', ASK_LIMIT_MS, () => this.#asking!);
  }

  async #ask(): Promise<void> {
    const askedMs = this.#monotonicMs();
    const active = await this.#switches.find({ active: true }).toArray();
    // Of two questions under way the one sent later knows more, whichever is answered last.
    if (askedMs >= (this.#known?.confirmedMs ?? 0)) this.#known = { active, confirmedMs: askedMs };
  }

  declared(): ReadonlyMap<string, KillSwitchDeclaration> {
    return new Map(this.#host.declared('killSwitches').map((one) => [one.code, one]));
  }

  /** Stops something at once, by one person. Placing what is placed already answers the one that is. @throws SWITCH_INVALID */
  async place(actor: Actor, { code, ref, reason }: PlaceSwitch): Promise<SwitchRecord> {
    this.#refuseBad({ code, ...(ref === undefined ? {} : { ref }), reason });
    const placed = await this.#host.transact(actor, async (tx) => {
      const { session } = tx;
      const same = { code, active: true as const, ref: ref ?? { $exists: false } };
      const known = await this.#switches.findOne(same as never, { session });
      const record: SwitchRecord = known ?? {
        _id: newId(),
        code,
        ...(ref === undefined ? {} : { ref }),
        reason,
        placed: { id: actor.id, name: actor.name, at: tx.at },
        active: true,
      };
      if (!known) await this.#switches.insertOne(record, { session });
      tx.trace({
        action: 'switch.placed',
        subject: { type: 'Switch', id: record._id },
        reason,
        details: { code, ref: ref ?? null, again: known !== null },
      });
      if (!known)
        tx.publish({
          name: 'switch.placed',
          key: 'switches',
          payload: { switchId: record._id, code, ref: ref ?? null, reason },
        });
      return record;
    });
    // Not the question that may have been under way before this was committed. It holds even where this look fails.
    await withTimeLimit('asking for the switches', ASK_LIMIT_MS, () => this.#ask()).catch(() => undefined);
    return placed;
  }

  /** Puts lifting a switch before a second person. @throws NOT_FOUND */
  proposeLift(actor: Actor, id: string, reason: string): Promise<string> {
    return this.#host.transact(actor, async (tx) => {
      const found = await this.#switches.findOne({ _id: id, active: true }, { session: tx.session });
      if (!found) throw notFound('active switch', id);
      return this.#host.service(approvalService).propose(tx, {
        type: SWITCH_LIFT_SUBJECT,
        subjectIds: [id],
        change: { code: found.code, ref: found.ref ?? null },
        reason,
      });
    });
  }

  /** The approval's `apply`. @throws SUBJECT_CHANGED where it is lifted already */
  async applyLift(tx: Tx, approval: ApprovedChange): Promise<void> {
    const [id] = approval.subjectIds as [string];
    const lifted = await this.#switches.findOneAndUpdate(
      { _id: id, active: true },
      {
        $set: {
          lifted: { id: tx.actor.id, name: tx.actor.name, at: tx.at },
          liftedBecause: approval.reason,
        },
        $unset: { active: 1 },
      },
      { session: tx.session },
    );
    if (!lifted)
      throw new PlatformError('SUBJECT_CHANGED', 'This switch has been lifted already.', { status: 409 });
    const { code, ref } = lifted;
    tx.trace({
      action: 'switch.lifted',
      subject: { type: 'Switch', id },
      reason: approval.reason,
      details: { code, ref: ref ?? null, makerId: approval.maker.id },
    });
    tx.publish({
      name: 'switch.lifted',
      key: 'switches',
      payload: { switchId: id, code, ref: ref ?? null, reason: approval.reason },
    });
    tx.afterCommit(() => this.#loop.wake());
  }

  /** Switches, newest first; only those that stop something where `active`. */
  async list(active: boolean, { first, after }: PageArgs): Promise<Connection<SwitchRecord>> {
    const found = await this.#switches
      .find({
        ...(active ? { active: true } : {}),
        ...afterTimeCursor('placed.at', readTimeCursor(after)),
      })
      .sort({ 'placed.at': -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (one) => one.placed.at);
  }

  #refuseBad({ code, ref, reason }: PlaceSwitch): void {
    const declared = this.declared().get(code);
    const problem = !declared
      ? `there is no switch "${code}"; one of ${[...this.declared().keys()].join(', ')}`
      : declared.of && !ref?.trim()
        ? `"${code}" needs "ref": ${declared.of.en}`
        : !declared.of && ref !== undefined
          ? `"${code}" stops all of it and takes no "ref"`
          : [...reason.trim()].length < REASON_CHARS_MIN
            ? `say why in at least ${REASON_CHARS_MIN} characters`
            : undefined;
    if (problem !== undefined) throw new PlatformError('SWITCH_INVALID', `Nothing was stopped: ${problem}.`);
  }

  get #switches() {
    return collectionOf<SwitchRecord>(this.#host, SWITCHES);
  }
}
