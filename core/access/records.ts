import { Schema } from 'mongoose';

/** A person of the firm who signs in with a password kept here. */
export interface AccountRecord {
  _id: string;
  /** Lower-case name to sign in with; unique. */
  account: string;
  name: string;
  /** scrypt, as `scrypt$N$r$p$salt$hash`. */
  passwordHash: string;
  roles: string[];
  disabled: boolean;
  createdAt: Date;
}

/** A signed-in person; `_id` is the SHA-256 of the token, which itself is kept nowhere. */
export interface SessionRecord {
  _id: string;
  accountId: string;
  createdAt: Date;
  /** Moved forward by use, at most once a minute. */
  idleUntil: Date;
  /** Nobody stays signed in beyond it. */
  absoluteUntil: Date;
}

/** A calling system with a token of its own, e.g. a touchpoint. */
export interface ApiClientRecord {
  _id: string;
  name: string;
  channel?: string;
  roles: string[];
  /** SHA-256 of the token. */
  tokenHash: string;
  disabled: boolean;
  createdAt: Date;
}

export const ACCESS = {
  accounts: 'access_accounts',
  sessions: 'access_sessions',
  apiClients: 'access_api_clients',
} as const;

const text = { type: String, required: true } as const;
const instant = { type: Date, required: true } as const;

export const accountSchema = new Schema<AccountRecord>(
  {
    _id: text,
    account: text,
    name: text,
    passwordHash: text,
    roles: [String],
    disabled: Boolean,
    createdAt: instant,
  },
  { versionKey: false },
).index({ account: 1 }, { unique: true });

export const sessionSchema = new Schema<SessionRecord>(
  { _id: text, accountId: text, createdAt: instant, idleUntil: instant, absoluteUntil: instant },
  { versionKey: false },
)
  .index({ absoluteUntil: 1 }, { expireAfterSeconds: 0 })
  .index({ accountId: 1 });

export const apiClientSchema = new Schema<ApiClientRecord>(
  {
    _id: text,
    name: text,
    channel: String,
    roles: [String],
    tokenHash: text,
    disabled: Boolean,
    createdAt: instant,
  },
  { versionKey: false },
)
  .index({ tokenHash: 1 }, { unique: true })
  .index({ name: 1 }, { unique: true });
