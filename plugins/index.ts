import type { PluginFactory } from '../core/plugin/contract.ts';
import { fundPool } from './fund-pool/index.ts';
import { loyalty } from './loyalty/index.ts';
import { smsProducts } from './sms-products/index.ts';

/** Which plugins are installed, with their options. Removing a line removes the feature. */
export const installedPlugins: readonly PluginFactory[] = [
  fundPool(),
  loyalty(),
  smsProducts({ signature: '澄湖证券', hotline: '400-000-0000' }),
];
