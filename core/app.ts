import type { Express } from 'express';
import type { GraphQLSchema } from 'graphql';
import { ensureDemoSignIns, type DemoSignIns } from './access/demo.ts';
import { createBackground } from './background.ts';
import type { Config } from './config.ts';
import { browseSplicerFor } from './catalog/browse/feature.ts';
import { createContext } from './context.ts';
import { openDatabase, type Database } from './db/database.ts';
import { StartError } from './errors.ts';
import { eventCheck } from './event/check.ts';
import { corePlugin } from './features.ts';
import { declareGauges } from './gauges.ts';
import { readAccessRules } from './graphql/access.ts';
import { composeSchema } from './graphql/compose.ts';
import { createHotPath } from './graphql/hot/hot-path.ts';
import { createGraphqlServer } from './graphql/server.ts';
import { explorerConfig } from './http/explorer.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createHttp } from './http/server.ts';
import type { Logger } from './log.ts';
import type { Plugin, PluginFactory } from './plugin/contract.ts';
import { collectDeclarations, type Declarations } from './plugin/declarations.ts';
import { createHosts, type Hosts } from './plugin/host.ts';
import { loadPlugins } from './plugin/load.ts';
import { systemClock, type Clock } from './time/clock.ts';
import { withTimeLimit } from './time/time-limit.ts';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUri: string;
  readonly plugins: readonly PluginFactory[];
  readonly logger: Logger;
  readonly clock?: Clock;
  /** How long one plugin's `start` may take, 60 s by default. */
  readonly pluginStartLimitMs?: number;
  /** How long one resolver of a plugin may take, 10 s by default. */
  readonly resolverTimeLimitMs?: number;
}

const PLUGIN_START_LIMIT_MS = 60_000;

/** One running platform: several fit in one process, each with its own connection, models and schema. */
export interface App {
  readonly config: Config;
  readonly database: Database;
  readonly declarations: Declarations;
  readonly hosts: Hosts;
  readonly schema: GraphQLSchema;
  readonly metrics: Metrics;
  readonly http: Express;
  /** Present in demo mode. */
  readonly demoSignIns: DemoSignIns | undefined;
  stop(): Promise<void>;
}

/** Composes the schema and checks every declaration, without a database: what `npm run generate` needs. */
export function compose(
  plugins: readonly PluginFactory[],
  resolverTimeLimitMs?: number,
): {
  declarations: Declarations;
  schema: GraphQLSchema;
} {
  const loaded = loadPlugins(corePlugin(), plugins);
  return { declarations: collectDeclarations(loaded), schema: composeSchema(loaded, resolverTimeLimitMs) };
}

/** Puts everything together and starts it; on failure whatever had started is stopped again. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, logger, clock = systemClock } = options;
  const { declarations, schema } = compose(options.plugins, options.resolverTimeLimitMs);
  const rules = readAccessRules(schema, new Set(declarations.all('permissions').map(({ code }) => code)));
  const database = await openDatabase({
    uri: options.databaseUri,
    clock,
    checkEvent: eventCheck(declarations.all('events')),
  });
  const stops: (() => Promise<void>)[] = [() => database.close()];
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    const hosts = createHosts({ database, declarations, clock, logger, config });
    await database.prepare();
    const background = await createBackground(hosts.core);
    stops.push(() => background.stop());
    await background.migrate();
    const demoSignIns = config.mode === 'demo' ? await ensureDemoSignIns(hosts.core) : undefined;
    for (const plugin of declarations.plugins) {
      await startPlugin(plugin, hosts, options.pluginStartLimitMs ?? PLUGIN_START_LIMIT_MS);
      if (plugin.stop) stops.push(() => plugin.stop!(hosts.of(plugin.name)));
    }
    await background.start();
    // Once more and so first: handlers and jobs end before the plugins that they belong to.
    stops.push(() => background.stop());
    const metrics = createMetrics();
    declareGauges(metrics, hosts.core);
    const graphql = createGraphqlServer({ schema, rules, open: config.mode === 'demo', logger, metrics });
    await graphql.start();
    stops.push(() => graphql.stop());
    const hotPath = createHotPath({
      schema,
      splicers: [browseSplicerFor(schema, hosts.core)],
      compiledFields: new Set(['browseProducts', 'browseProduct', 'explainPrice', 'explainOutcome']),
      missingPermission: graphql.missingPermission,
    });
    const http = createHttp({
      host: hosts.core,
      metrics,
      logger,
      graphql: (request, response, context) => {
        const goOn = (answered: boolean) =>
          answered ? undefined : graphql.handle(request, response, context);
        const answered = hotPath.tryAnswer(request, response, context);
        // What is answered at once makes no promise.
        return answered instanceof Promise ? answered.then(goOn) : goOn(answered);
      },
      context: (actor, requestId) => createContext(hosts, actor, requestId),
      notReady: async () => ((await databaseAnswers(database)) ? undefined : 'the database does not answer'),
      explorer: demoSignIns && (() => explorerConfig(hosts.core, demoSignIns)),
      demoSignIns,
    });
    return { config, database, declarations, hosts, schema, metrics, http, demoSignIns, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPlugin(plugin: Plugin, hosts: Hosts, limitMs: number): Promise<void> {
  if (!plugin.start) return;
  try {
    const start = () => plugin.start!(hosts.of(plugin.name));
    // Core waits for the database alone, which has limits of its own.
    await (plugin.name === 'core' ? start() : withTimeLimit('its start', limitMs, start));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      'PLUGIN_START_FAILED',
      `plugin "${plugin.name}"`,
      `failed at start: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

async function databaseAnswers(database: Database): Promise<boolean> {
  try {
    await database.connection.db!.admin().command({ ping: 1 });
    return true;
  } catch {
    return false;
  }
}
