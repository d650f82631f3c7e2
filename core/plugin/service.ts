/**
 * The name of a service together with its type: the only door between plugins. A plugin may ask for the services of
 * core and of the plugins that it `requires`, nobody else's.
 */
export interface ServiceToken<T> {
  readonly owner: string;
  readonly name: string;
  /** Carries the type; never present at run time. */
  readonly type?: T;
}

/** @param owner `core` or the plugin's name */
export function serviceToken<T>(owner: string, name: string): ServiceToken<T> {
  return { owner, name };
}
