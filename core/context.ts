import type { FencedContext } from './graphql/fence.ts';
import type { RequestContext } from './plugin/contract.ts';
import type { Hosts } from './plugin/host.ts';

/** Makes the context of one request: core's services, and a narrower view for each plugin's resolvers. */
export function createContext(
  hosts: Hosts,
  actor: RequestContext['actor'],
  requestId: string,
): FencedContext {
  const at = hosts.core.clock.now();
  const values = new Map<symbol, unknown>();
  const views = new Map<string, RequestContext>();
  const perRequest = <T>(key: symbol, create: () => T): T => {
    if (!values.has(key)) values.set(key, create());
    return values.get(key) as T;
  };
  const viewOf = (plugin: string): RequestContext => ({
    actor,
    at,
    requestId,
    perRequest,
    service: hosts.of(plugin).service,
  });
  return {
    ...viewOf('core'),
    forPlugin: (plugin) => {
      const known = views.get(plugin);
      if (known) return known;
      const view = viewOf(plugin);
      views.set(plugin, view);
      return view;
    },
  };
}
