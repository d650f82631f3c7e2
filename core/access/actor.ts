/** On whose behalf something is done. It travels from the request into the transaction and its trace. */
export interface Actor {
  readonly kind: 'staff' | 'api-client' | 'merchant' | 'system';
  /** Stable id; for `system` the name of the plugin or job that acts. */
  readonly id: string;
  /** For people to read, e.g. a staff account name. */
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<string>;
  /** The touchpoint that an API client is, e.g. `APP`. */
  readonly channel?: string;
  /** The session that a staff member came with. */
  readonly sessionId?: string;
  /** The HTTP request that caused this, for finding log lines from a trace record. */
  readonly requestId?: string;
}

/** The platform itself: a job, a migration, the loading of the sample firm. It holds every permission. */
export function systemActor(name: string): Actor {
  return { kind: 'system', id: `system:${name}`, name, roles: ['system'], permissions: ALL_PERMISSIONS };
}

const ALL_PERMISSIONS: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });
