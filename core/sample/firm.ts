import { readFileSync, readdirSync } from 'node:fs';
import type { Channel } from '../catalog/records.ts';
import type { BranchRecord, SchemeRecord } from '../customer/records.ts';
import { fromRoot } from '../paths.ts';
import type { LocalizedText } from '../plugin/contract.ts';
import type { ClientsData } from './clients.ts';
import type { SampleProduct } from './products.ts';

interface SampleNode {
  readonly code: string;
  readonly name: LocalizedText;
  readonly parent?: string;
}

/** The house itself (`data/firm.json`). */
export interface Firm {
  readonly name: LocalizedText;
  readonly hotline: string;
  readonly brands: readonly SampleNode[];
  readonly categories: readonly SampleNode[];
  readonly branches: readonly {
    readonly path: string;
    readonly code: string;
    readonly name: LocalizedText;
    readonly region: LocalizedText;
  }[];
  readonly scheme: Pick<SchemeRecord, 'tiers' | 'clubs' | 'coreFromTier'>;
  /** Demo accounts that propose and approve what the sample brings in. */
  readonly staff: { readonly maker: string; readonly checker: string };
  /** Where products of a kind are listed. */
  readonly channels: Readonly<Record<string, readonly Channel[]>>;
}

export function readFirm(): Firm {
  return readData<Firm>('firm.json');
}

export function readClients(): ClientsData {
  return readData<ClientsData>('clients.json');
}

/** The sample's products; each file is named after their kind. */
export function readProducts(): SampleProduct[] {
  return readdirSync(fromRoot('data', 'products'))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) =>
      readData<Omit<SampleProduct, 'kind'>[]>('products', file).map((product) => ({
        ...product,
        kind: file.replace(/\.json$/, ''),
      })),
    );
}

export function branchRecords(firm: Firm): BranchRecord[] {
  return firm.branches.map(({ path, code, name, region }) => ({ _id: path, code, name, region }));
}

/** The sample ships with the platform and is checked by tests; it is read as it stands. */
function readData<T>(...segments: string[]): T {
  return JSON.parse(readFileSync(fromRoot('data', ...segments), 'utf8')) as T;
}
