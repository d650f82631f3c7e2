import semver from 'semver';
import { StartError } from '../errors.ts';
import type { Plugin, PluginFactory } from './contract.ts';

/**
 * Makes the manifests of this boot and puts them in an order in which each comes after what it requires.
 * Core is the first of them. Refuses missing, duplicate, cyclic and wrong-version requirements, naming both sides.
 */
export function loadPlugins(core: Plugin, factories: readonly PluginFactory[]): readonly Plugin[] {
  const plugins = [core, ...factories.map((create) => create())];
  const byName = new Map<string, Plugin>();
  for (const plugin of plugins) {
    if (!/^[a-z][a-z0-9-]*$/.test(plugin.name))
      refuse('PLUGIN_NAME_INVALID', plugin.name, 'a plugin is named in lower case with hyphens.');
    if (!semver.valid(plugin.version))
      refuse('PLUGIN_VERSION_INVALID', plugin.name, `"${plugin.version}" is no semantic version.`);
    if (byName.has(plugin.name))
      refuse('PLUGIN_DUPLICATE', plugin.name, 'is installed twice. Remove one from plugins/index.ts.');
    byName.set(plugin.name, plugin);
  }
  for (const plugin of plugins) checkRequirements(plugin, byName);
  return inOrder(plugins, byName);
}

function checkRequirements(plugin: Plugin, byName: ReadonlyMap<string, Plugin>): void {
  for (const [name, range] of Object.entries(plugin.requires)) {
    const required = byName.get(name);
    if (!required)
      refuse(
        'PLUGIN_MISSING',
        plugin.name,
        `requires "${name}", which is not installed. Add it to plugins/index.ts.`,
      );
    else if (!semver.satisfies(required.version, range))
      refuse(
        'PLUGIN_VERSION_MISMATCH',
        plugin.name,
        `requires "${name}" ${range}, but ${required.version} is installed.`,
      );
  }
}

function inOrder(plugins: readonly Plugin[], byName: ReadonlyMap<string, Plugin>): readonly Plugin[] {
  const ordered = new Set<Plugin>();
  const visit = (plugin: Plugin, path: readonly string[]) => {
    if (path.includes(plugin.name))
      refuse('PLUGIN_CYCLE', plugin.name, `requires itself by way of ${[...path, plugin.name].join(' → ')}.`);
    if (ordered.has(plugin)) return;
    for (const name of Object.keys(plugin.requires).sort()) visit(byName.get(name)!, [...path, plugin.name]);
    ordered.add(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return [...ordered];
}

function refuse(code: string, plugin: string, message: string): never {
  throw new StartError(code, `plugin "${plugin}"`, message);
}
