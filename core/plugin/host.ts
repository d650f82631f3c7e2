import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log.ts';
import type { Clock } from '../time/clock.ts';
import type { Host, Plugin } from './contract.ts';
import type { Declarations } from './declarations.ts';
import type { ServiceToken } from './service.ts';

export interface HostDependencies {
  readonly database: Database;
  readonly declarations: Declarations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: Config;
}

/** Core's own host: it also reaches the database itself, and runs what plugins declare with the plugin's host. */
export interface CoreHost extends Host {
  readonly database: Database;
  /** Also the host of `core`. */
  hostOf(owner: string): Host;
}

/** What a service of core is made with; refuses the host of a plugin. */
export function asCoreHost(host: Host): CoreHost {
  if (!('hostOf' in host)) throw new Error(`The host of plugin "${host.name}" is not core's.`);
  return host as CoreHost;
}

/** The hosts of one app: one per plugin, and core's, which sees everything. */
export interface Hosts {
  readonly core: CoreHost;
  of(plugin: string): Host;
}

/** Declares every model on this app's own connection and stands ready to make services when they are first asked for. */
export function createHosts(dependencies: HostDependencies): Hosts {
  for (const model of dependencies.declarations.all('models'))
    dependencies.database.declare(model.name, model.schema as never);
  const services = new Services(dependencies.declarations);
  const hosts = new Map<string, Host>();
  for (const plugin of dependencies.declarations.plugins)
    hosts.set(plugin.name, createHost(plugin, dependencies, services));
  const of = (name: string) => {
    const host = hosts.get(name);
    if (!host) throw new Error(`There is no plugin "${name}".`);
    return host;
  };
  const core: CoreHost = { ...of('core'), database: dependencies.database, hostOf: of };
  hosts.set('core', core);
  services.hosts = hosts;
  return { core, of };
}

function createHost(plugin: Plugin, dependencies: HostDependencies, services: Services): Host {
  const { database, declarations, clock, config } = dependencies;
  const ownModels = new Set((plugin.models ?? []).map((model) => model.name));
  const reachable = new Set(['core', plugin.name, ...Object.keys(plugin.requires)]);
  return {
    name: plugin.name,
    clock,
    config,
    logger: dependencies.logger.child({ plugin: plugin.name }),
    model: (name) => {
      if (!ownModels.has(name))
        throw new Error(`Plugin "${plugin.name}" asks for the collection "${name}", which it does not own.`);
      return database.model(name);
    },
    service: (token) => {
      if (!reachable.has(token.owner))
        throw new Error(
          `Plugin "${plugin.name}" asks for a service of "${token.owner}" without requiring it.`,
        );
      return services.get(token);
    },
    transact: (actor, work, options) => database.transact(actor, work, options),
    snapshot: (read) => database.snapshot(read),
    declared: (list) => declarations.all(list),
  };
}

/** Makes each service once, when it is first asked for; a service that needs itself is refused by name. */
class Services {
  hosts: ReadonlyMap<string, Host> = new Map();
  readonly #declarations: Declarations;
  readonly #made = new Map<string, unknown>();
  readonly #making = new Set<string>();

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  get<T>(token: ServiceToken<T>): T {
    const key = `${token.owner}.${token.name}`;
    if (this.#made.has(key)) return this.#made.get(key) as T;
    const declaration = this.#declarations
      .all('services')
      .find((service) => service.token.owner === token.owner && service.token.name === token.name);
    if (!declaration) throw new Error(`Nobody offers the service "${key}".`);
    if (this.#making.has(key))
      throw new Error(
        `The service "${key}" needs itself while it is made: ask for the other service when it is used.`,
      );
    this.#making.add(key);
    try {
      const made = declaration.create(this.hosts.get(declaration.owner)!);
      this.#made.set(key, made);
      return made as T;
    } finally {
      this.#making.delete(key);
    }
  }
}
