import type { PluginFactory } from '../core/plugin/contract.ts';

/** Which plugins are installed, with their options. Removing a line removes the feature. */
export const installedPlugins: readonly PluginFactory[] = [];
