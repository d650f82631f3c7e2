import { readdirSync, readFileSync } from 'node:fs';
import { systemActor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import { fromRoot } from '../paths.ts';
import type { Declared, Host, ProductKindDeclaration, Reason } from '../plugin/contract.ts';
import { canonicalJson } from '../trace/record.ts';
import { collection, defined } from './collections.ts';
import { publish } from './publish.ts';
import { CATALOG, type KindRecord, type ProductRecord, type SaleState } from './records.ts';

/** The kinds that core itself declares: data files, one per kind. */
export function coreKinds(): readonly ProductKindDeclaration[] {
  const folder = fromRoot('core', 'catalog', 'kinds');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as ProductKindDeclaration);
}

/**
 * Brings the stored kinds to what core and the installed plugins declare: a changed declaration is the next version
 * of its kind, a kind that nobody declares is marked as gone. Publishes only if something changed.
 */
export async function syncKinds(host: Host): Promise<void> {
  const declared = host.declared('productKinds');
  const stored = await allKinds(host);
  if (kindChanges(declared, stored, 0).length === 0) return;
  await publish(host, systemActor('catalog'), async (tx, seq) => {
    // Another process may have done the same meanwhile: decided again on what this transaction sees.
    const changes = kindChanges(declared, await allKinds(host, tx), seq);
    for (const kind of changes) {
      await collection<KindRecord>(host, CATALOG.kinds).replaceOne({ _id: kind._id }, kind, {
        upsert: true,
        session: tx.session,
      });
      tx.trace({
        action: kind.gone ? 'kind.gone' : 'kind.declared',
        subject: { type: 'ProductKind', id: kind._id },
        details: { owner: kind.owner, version: kind.version, seq },
      });
    }
    if (changes.length === 0)
      tx.trace({ action: 'kind.unchanged', subject: { type: 'ProductKind', id: '*' }, details: { seq } });
  });
}

/** Which stored kinds must be written so that they say what is declared. */
export function kindChanges(
  declared: readonly Declared<ProductKindDeclaration>[],
  stored: ReadonlyMap<string, KindRecord>,
  seq: number,
): KindRecord[] {
  const changes: KindRecord[] = [];
  for (const declaration of declared) {
    const before = stored.get(declaration.code);
    const next = toRecord(declaration, before?.version ?? 1, seq);
    if (before && sameDeclaration(before, next)) {
      if (before.gone) changes.push(next);
      continue;
    }
    changes.push(before ? { ...next, version: before.version + 1 } : next);
  }
  const codes = new Set(declared.map((declaration) => declaration.code));
  for (const kind of stored.values())
    if (!codes.has(kind._id) && !kind.gone) changes.push({ ...kind, seq, gone: true });
  return changes;
}

/** All kinds by code, those that are gone included. */
export async function allKinds(
  host: Host,
  tx?: Pick<Tx, 'session'>,
): Promise<ReadonlyMap<string, KindRecord>> {
  const kinds = await collection<KindRecord>(host, CATALOG.kinds)
    .find({}, tx ? { session: tx.session } : {})
    .toArray();
  return new Map(kinds.map((kind) => [kind._id, kind]));
}

/** A kind that can be worked with: one that exists and that somebody installed declares. */
export function kindInUse(kinds: ReadonlyMap<string, KindRecord>, code: string): KindRecord | undefined {
  const kind = kinds.get(code);
  return kind?.gone ? undefined : kind;
}

/** The sale state as people and touchpoints read it: a product whose kind is gone counts as suspended. */
export function readSale(
  product: Pick<ProductRecord, 'sale' | 'kind'>,
  kinds: ReadonlyMap<string, KindRecord>,
): { readonly sale: SaleState; readonly because?: Reason } {
  if (kindInUse(kinds, product.kind)) return { sale: product.sale };
  const because = kindMissing(product.kind);
  return product.sale === 'LISTED' ? { sale: 'SUSPENDED', because } : { sale: product.sale, because };
}

export function kindMissing(code: string): Reason {
  return {
    code: 'KIND_MISSING',
    text: {
      zh: `产品类别“${code}”不存在或其插件未安装。`,
      en: `Nothing installed declares the kind "${code}". Install its plugin or choose another kind.`,
    },
    path: 'kind',
  };
}

/** Attributes that every kind has, whoever declares it. */
const COMMON_ATTRIBUTES = {
  requiredDocuments: {
    type: 'array',
    'x-title': { zh: '须确认的协议与风险揭示书', en: 'Documents to confirm' },
    'x-group': 'sale',
    items: { type: 'string', pattern: '^[A-Z][A-Z0-9-]{1,39}$' },
    maxItems: 20,
    uniqueItems: true,
  },
} as const;

function withCommon(attributes: ProductKindDeclaration['attributes']): Record<string, unknown> {
  return {
    ...attributes,
    properties: { ...(attributes.properties as Record<string, unknown> | undefined), ...COMMON_ATTRIBUTES },
  };
}

function toRecord(declared: Declared<ProductKindDeclaration>, version: number, seq: number): KindRecord {
  return defined({
    _id: declared.code,
    owner: declared.owner,
    name: declared.name,
    nature: declared.nature,
    version,
    attributes: withCommon(declared.attributes),
    requiredToList: [...declared.requiredToList],
    suitabilityDimensions: declared.suitabilityDimensions ? [...declared.suitabilityDimensions] : undefined,
    riskFloor: declared.riskFloor,
    publicOffer: declared.publicOffer ?? true,
    seq,
  }) as KindRecord;
}

function sameDeclaration(a: KindRecord, b: KindRecord): boolean {
  const declared = ({ version: _version, seq: _seq, gone: _gone, ...rest }: KindRecord) =>
    canonicalJson(rest);
  return declared(a) === declared(b);
}
