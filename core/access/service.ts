import { createHash } from 'node:crypto';
import type { Model } from 'mongoose';
import { isDuplicateKey } from '../db/database.ts';
import { BusyError, PlatformError } from '../errors.ts';
import { newId, newSecret } from '../ids.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { systemActor, type Actor } from './actor.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { ACCESS, type AccountRecord, type ApiClientRecord, type SessionRecord } from './records.ts';
import { ROLES, permissionsOf } from './roles.ts';

const IDLE_MS = 15 * 60_000;
const ABSOLUTE_MS = 8 * 60 * 60_000;
/** How long a process may go on accepting a token that was ended on another. */
const KNOWN_TOKEN_MS = 1000;
/** Comparing a password takes a core and 16 MB for a while: more at once are told to come again. */
const PASSWORD_CHECKS_MAX = 16;
const KNOWN_TOKENS_MAX = 10_000;
/** A session's use is written at most this often. */
const TOUCH_MS = 60_000;
const FAILURES_MAX = 10;
const FAILURE_WINDOW_MS = 60_000;
const FAILING_ACCOUNTS_MAX = 10_000;
const PASSWORD_LENGTH_MIN = 12;

export interface SignedIn {
  readonly token: string;
  readonly expiresAt: Date;
  readonly actor: Actor;
}

export interface NewAccount {
  readonly account: string;
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
}

export interface NewApiClient {
  readonly name: string;
  readonly channel?: string;
  readonly roles: readonly string[];
  /** Given only where the token must be known beforehand (demo sign-ins). */
  readonly token?: string;
}

export const accessService = serviceToken<AccessService>('core', 'access');

/** Who may call: local accounts with sessions, and API clients with tokens. */
export class AccessService {
  readonly #host: Host;
  readonly #known = new Map<string, { actor: Actor; until: number }>();
  readonly #failures = new Map<string, { count: number; until: number }>();
  #passwordChecks = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The caller of a token, or undefined where it is unknown, ended or expired. */
  async actorOf(token: string): Promise<Actor | undefined> {
    const hash = hashToken(token);
    const now = this.#host.clock.now();
    const known = this.#known.get(hash);
    if (known && known.until > now.getTime()) return known.actor;
    this.#known.delete(hash);
    const session = await this.#session(hash, now);
    const actor = session?.actor ?? (await this.#apiClientActor(hash));
    if (actor)
      this.#remember(hash, actor, Math.min(now.getTime() + KNOWN_TOKEN_MS, session?.endsAt ?? Infinity));
    return actor;
  }

  /**
   * @throws SIGN_IN_REFUSED without telling whether the account exists; SIGN_IN_PAUSED after ten failures, each within
   *   a minute of the one before; BUSY where too many sign in at once
   */
  async signIn(account: string, password: string): Promise<SignedIn> {
    const name = account.trim().toLowerCase();
    this.#refuseWhilePaused(name);
    // Counted before the password is compared: guesses sent all at once are counted, too.
    this.#countFailure(name);
    const found = await this.#accounts.findOne({ account: name, disabled: false }).lean();
    const matches = await this.#passwordMatches(password, found?.passwordHash ?? UNKNOWN_ACCOUNT_HASH);
    if (!found || !matches)
      throw new PlatformError(
        'SIGN_IN_REFUSED',
        'Account and password do not match. Check both and try again.',
        { status: 401 },
      );
    this.#failures.delete(name);
    const token = newSecret();
    const now = this.#host.clock.now();
    const session: SessionRecord = {
      _id: hashToken(token),
      accountId: found._id,
      createdAt: now,
      idleUntil: new Date(now.getTime() + IDLE_MS),
      absoluteUntil: new Date(now.getTime() + ABSOLUTE_MS),
    };
    const actor = this.#staffActor(found, session._id);
    await this.#host.transact(actor, async (tx) => {
      await this.#sessions.create([session], { session: tx.session });
      tx.trace({ action: 'access.signed-in', subject: { type: 'Account', id: found._id } });
    });
    return { token, expiresAt: session.absoluteUntil, actor };
  }

  /** Ends the session that the actor came with; false where it had none (API clients). */
  async signOut(actor: Actor): Promise<boolean> {
    const sessionId = actor.sessionId;
    if (!sessionId) return false;
    const ended = await this.#host.transact(actor, async (tx) => {
      const { deletedCount } = await this.#sessions.deleteOne({ _id: sessionId }, { session: tx.session });
      tx.trace({ action: 'access.signed-out', subject: { type: 'Account', id: actor.id } });
      return deletedCount === 1;
    });
    // After the commit: another request may have found the session until then.
    this.#known.delete(sessionId);
    return ended;
  }

  /** @throws ACCOUNT_INVALID, ACCOUNT_EXISTS */
  async createAccount(actor: Actor, input: NewAccount): Promise<string> {
    const account = input.account.trim().toLowerCase();
    if (!/^[a-z0-9][a-z0-9.@_-]{1,63}$/.test(account))
      throw new PlatformError(
        'ACCOUNT_INVALID',
        `"${input.account}" is no account name. Use 2 to 64 letters, digits, dots, hyphens or @.`,
      );
    if (input.password.length < PASSWORD_LENGTH_MIN)
      throw new PlatformError(
        'ACCOUNT_INVALID',
        `The password is too short. Use at least ${PASSWORD_LENGTH_MIN} characters.`,
      );
    checkRoles(input.roles);
    const passwordHash = await hashPassword(input.password);
    const _id = newId();
    await this.#createOnce('account', account, () =>
      this.#host.transact(actor, async (tx) => {
        const record: AccountRecord = {
          _id,
          account,
          name: input.name,
          passwordHash,
          roles: [...input.roles],
          disabled: false,
          createdAt: tx.at,
        };
        await this.#accounts.create([record], { session: tx.session });
        tx.trace({
          action: 'access.account-created',
          subject: { type: 'Account', id: _id },
          details: { account, roles: input.roles },
        });
      }),
    );
    return _id;
  }

  /** Returns the token, which is kept nowhere else. @throws ACCOUNT_EXISTS */
  async createApiClient(actor: Actor, input: NewApiClient): Promise<string> {
    checkRoles(input.roles);
    const token = input.token ?? newSecret();
    const _id = newId();
    await this.#createOnce('API client', input.name, () =>
      this.#host.transact(actor, async (tx) => {
        const record: ApiClientRecord = {
          _id,
          name: input.name,
          roles: [...input.roles],
          tokenHash: hashToken(token),
          disabled: false,
          createdAt: tx.at,
          ...(input.channel === undefined ? {} : { channel: input.channel }),
        };
        await this.#apiClients.create([record], { session: tx.session });
        tx.trace({
          action: 'access.api-client-created',
          subject: { type: 'ApiClient', id: _id },
          details: { name: input.name, roles: input.roles },
        });
      }),
    );
    return token;
  }

  async hasAccounts(): Promise<boolean> {
    return (await this.#accounts.findOne({}, { _id: 1 }).lean()) !== null;
  }

  /** The acting person of an account, for the command line and the sample firm. */
  async staff(account: string): Promise<Actor | undefined> {
    const found = await this.#accounts.findOne({ account, disabled: false }).lean();
    return found ? this.#staffActor(found) : undefined;
  }

  async #session(hash: string, now: Date): Promise<{ actor: Actor; endsAt: number } | undefined> {
    const session = await this.#sessions
      .findOne({ _id: hash, idleUntil: { $gt: now }, absoluteUntil: { $gt: now } })
      .lean();
    if (!session) return undefined;
    const account = await this.#accounts.findOne({ _id: session.accountId, disabled: false }).lean();
    if (!account) return undefined;
    const idleUntil = new Date(Math.min(now.getTime() + IDLE_MS, session.absoluteUntil.getTime()));
    if (idleUntil.getTime() - session.idleUntil.getTime() > TOUCH_MS) await this.#touch(hash, idleUntil);
    return { actor: this.#staffActor(account, hash), endsAt: session.idleUntil.getTime() };
  }

  async #touch(hash: string, idleUntil: Date): Promise<void> {
    await this.#host.transact(
      systemActor('access'),
      (tx) => this.#sessions.updateOne({ _id: hash }, { $max: { idleUntil } }, { session: tx.session }),
      { bookkeeping: true },
    );
  }

  async #apiClientActor(hash: string): Promise<Actor | undefined> {
    const client = await this.#apiClients.findOne({ tokenHash: hash, disabled: false }).lean();
    if (!client) return undefined;
    const { _id: id, name, roles, channel } = client;
    return {
      kind: 'api-client',
      id,
      name,
      roles,
      permissions: this.#permissions(roles),
      ...(channel ? { channel } : {}),
    };
  }

  #staffActor(account: AccountRecord, sessionId?: string): Actor {
    const { _id: id, name, roles } = account;
    return {
      kind: 'staff',
      id,
      name,
      roles,
      permissions: this.#permissions(roles),
      ...(sessionId ? { sessionId } : {}),
    };
  }

  #permissions(roles: readonly string[]): ReadonlySet<string> {
    return permissionsOf(roles, this.#host.declared('permissions'));
  }

  #remember(hash: string, actor: Actor, until: number): void {
    if (this.#known.size >= KNOWN_TOKENS_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(hash, { actor, until });
  }

  async #passwordMatches(password: string, stored: string): Promise<boolean> {
    if (this.#passwordChecks >= PASSWORD_CHECKS_MAX)
      throw new BusyError('Too many sign in at once. Nothing was checked; try again in a second.');
    this.#passwordChecks++;
    try {
      return await passwordMatches(password, stored);
    } finally {
      this.#passwordChecks--;
    }
  }

  #refuseWhilePaused(account: string): void {
    const failures = this.#failures.get(account);
    const now = this.#host.clock.now().getTime();
    if (!failures || failures.until <= now || failures.count < FAILURES_MAX) return;
    const retryAfterSeconds = Math.ceil((failures.until - now) / 1000);
    throw new PlatformError(
      'SIGN_IN_PAUSED',
      `Too many failed attempts for this account. Wait ${retryAfterSeconds} seconds.`,
      {
        status: 429,
        details: { retryAfterSeconds },
      },
    );
  }

  #countFailure(account: string): void {
    const now = this.#host.clock.now().getTime();
    const failures = this.#failures.get(account);
    if (!failures && this.#failures.size >= FAILING_ACCOUNTS_MAX)
      this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(account, {
      count: failures && failures.until > now ? failures.count + 1 : 1,
      until: now + FAILURE_WINDOW_MS,
    });
  }

  async #createOnce(what: string, name: string, create: () => Promise<void>): Promise<void> {
    try {
      await create();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new PlatformError(
        'ACCOUNT_EXISTS',
        `There is an ${what} "${name}" already. Choose another name.`,
        { status: 409 },
      );
    }
  }

  get #accounts(): Model<AccountRecord> {
    return this.#host.model(ACCESS.accounts);
  }

  get #sessions(): Model<SessionRecord> {
    return this.#host.model(ACCESS.sessions);
  }

  get #apiClients(): Model<ApiClientRecord> {
    return this.#host.model(ACCESS.apiClients);
  }
}

/** Compared where there is no such account, so that an answer takes as long as where there is one. */
const UNKNOWN_ACCOUNT_HASH = `scrypt$16384$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function checkRoles(roles: readonly string[]): void {
  const unknown = roles.find((role) => !(role in ROLES));
  if (unknown !== undefined || roles.length === 0)
    throw new PlatformError(
      'ACCOUNT_INVALID',
      `${unknown === undefined ? 'No role' : `Role "${unknown}"`} given. Use one or more of ${Object.keys(ROLES).join(', ')}.`,
    );
}
