import type { RowScope } from './price-row.ts';

/** The client as pricing sees them. */
export interface PriceClient {
  readonly id: string;
  /** Code of the value tier; absent while none was assigned. */
  readonly tier?: string;
  /** Memberships; a greater rank goes before a lesser one. */
  readonly clubs: readonly { readonly code: string; readonly rank: number }[];
  /** Facts for scopes that plugins add. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type ScopeMismatch =
  'NO_CLIENT' | 'OTHER_CLIENT' | 'OTHER_CLUB' | 'OTHER_TIER' | 'SCOPE_NOT_MATCHED' | 'UNKNOWN_SCOPE';

/** A client scope that a plugin adds to the four of core. */
export interface PriceScope {
  readonly code: string;
  /** Where it stands in the precedence; see `CORE_SCOPE_RANKS`. No two scopes may share a rank. */
  readonly rank: number;
  matches(facts: PriceClient, params: NonNullable<RowScope['params']>): boolean;
  /**
   * True when no client can ever match both: it lets two rows of this scope stand side by side. Without it, rows of
   * one scope that differ in params alone count as ambiguous.
   */
  disjoint?(a: NonNullable<RowScope['params']>, b: NonNullable<RowScope['params']>): boolean;
}

/** Most specific first: a named client, then a club, then a tier, then everyone. Gaps are left for plugins. */
export const CORE_SCOPE_RANKS: Readonly<Record<string, number>> = {
  client: 300,
  club: 200,
  tier: 100,
  everyone: 0,
};

/** The scopes in force in this installation, by code. */
export type PriceScopes = ReadonlyMap<string, PriceScope>;

export const CORE_SCOPES_ONLY: PriceScopes = new Map();

/** Checks the scopes of all plugins together; a shared code or rank is refused, since the winner would be chance. */
export function priceScopes(extra: readonly PriceScope[]): PriceScopes {
  const scopes = new Map<string, PriceScope>();
  const taken = new Map<number, string>(Object.entries(CORE_SCOPE_RANKS).map(([code, rank]) => [rank, code]));
  for (const scope of extra) {
    if (scopes.has(scope.code) || scope.code in CORE_SCOPE_RANKS) {
      throw new Error(`Price scope ${scope.code} is declared twice: rename one of them`);
    }
    const other = taken.get(scope.rank);
    if (other !== undefined) {
      throw new Error(
        `Price scopes ${other} and ${scope.code} share rank ${scope.rank}: give one another rank`,
      );
    }
    taken.set(scope.rank, scope.code);
    scopes.set(scope.code, scope);
  }
  return scopes;
}

export function scopeRank(scope: RowScope, scopes: PriceScopes): number | undefined {
  return CORE_SCOPE_RANKS[scope.kind] ?? scopes.get(scope.kind)?.rank;
}

const NO_PARAMS = {};

/** Why a row is not for this client; `undefined` when it is. */
export function scopeMismatch(
  scope: RowScope,
  client: PriceClient | undefined,
  scopes: PriceScopes,
): ScopeMismatch | undefined {
  if (scope.kind === 'everyone') return undefined;
  if (client === undefined) return 'NO_CLIENT';
  switch (scope.kind) {
    case 'client':
      return scope.ref === client.id ? undefined : 'OTHER_CLIENT';
    case 'club':
      return clubRank(scope, client) === undefined ? 'OTHER_CLUB' : undefined;
    case 'tier':
      return scope.ref === client.tier ? undefined : 'OTHER_TIER';
    default: {
      const added = scopes.get(scope.kind);
      if (added === undefined) return 'UNKNOWN_SCOPE';
      return added.matches(client, scope.params ?? NO_PARAMS) ? undefined : 'SCOPE_NOT_MATCHED';
    }
  }
}

/** The rank by which rows of two clubs of one client are ordered. */
export function clubRank(scope: RowScope, client: PriceClient | undefined): number | undefined {
  if (scope.kind !== 'club' || client === undefined) return undefined;
  for (const club of client.clubs) if (club.code === scope.ref) return club.rank;
  return undefined;
}
