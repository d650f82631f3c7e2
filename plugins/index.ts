import type { PluginFactory } from '../core/plugin/contract.ts';
import { fundPool } from './fund-pool/index.ts';
import { loyalty } from './loyalty/index.ts';

/** Which plugins are installed, with their options. Removing a line removes the feature. */
export const installedPlugins: readonly PluginFactory[] = [fundPool(), loyalty()];
