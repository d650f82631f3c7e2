import type { Actor } from '../../core/access/actor.ts';
import { permissionsOf } from '../../core/access/roles.ts';
import { approvalService } from '../../core/approval/service.ts';
import type { NewProduct } from '../../core/catalog/drafts.ts';
import { syncKinds } from '../../core/catalog/kinds.ts';
import { isRefused, type Refused } from '../../core/catalog/outcome.ts';
import { ensureSequence } from '../../core/catalog/publish.ts';
import { catalogService, type CatalogService } from '../../core/catalog/service.ts';
import type { RatingInput } from '../../core/risk/token.ts';
import { startTestHost, type TestHost, type TestHostOptions } from './host.ts';

/** A catalogue on a database of its own, with the people who work on it. */
export interface TestCatalog extends TestHost {
  readonly catalog: CatalogService;
  readonly maker: Actor;
  readonly checker: Actor;
  /** A second product manager. */
  readonly colleague: Actor;
  /** A complete product of the kind `trading-service`, priced, rated and in a category. */
  product(code: string, changes?: Partial<NewProduct>): NewProduct;
  approve(approvalIds: readonly string[]): Promise<void>;
}

export async function startTestCatalog(options: TestHostOptions = {}): Promise<TestCatalog> {
  const host = await startTestHost(options);
  await ensureSequence(host.core);
  await syncKinds(host.core);
  const staff = (id: string, roles: string[]): Actor => ({
    kind: 'staff',
    id,
    name: id,
    roles,
    permissions: permissionsOf(roles, host.declarations.all('permissions')),
  });
  const checker = staff('checker', ['reviewer']);
  const maker = staff('maker', ['product-manager']);
  const catalog = host.core.service(catalogService);
  const name = { zh: '交易服务', en: 'Trading services' };
  const category = done(await catalog.createNode(maker, 'categories', { code: 'trading', name }));
  return {
    ...host,
    catalog,
    maker,
    product: (code, changes) => tradingService(code, category.node._id, host.core.clock.now(), changes),
    colleague: staff('colleague', ['product-manager', 'reviewer']),
    checker,
    approve: async (ids) => {
      for (const id of ids) {
        const outcome = await host.core.service(approvalService).decide(checker, id, { decision: 'APPROVE' });
        if (!outcome.ok) throw new Error(`Approval ${id} was refused: ${outcome.refusal.code}`);
      }
    },
  };
}

function tradingService(
  code: string,
  categoryId: string,
  at: Date,
  changes: Partial<NewProduct> = {},
): NewProduct {
  return {
    code,
    kind: 'trading-service',
    content: {
      name: { zh: `条件单 ${code}`, en: `Conditional Orders ${code}` },
      categoryId,
      attributes: { markets: ['SH', 'SZ'] },
    },
    prices: [{ currency: 'CNY', amountMinor: 30_000, billing: 'MONTH' }],
    rating: rating('R2', at),
    ...changes,
  };
}

export function rating(level: RatingInput['level'], at: Date): RatingInput {
  return {
    level,
    score: 200,
    evidence: 'FACTOR_SHEET',
    modelVersion: 'service-factors@1',
    basis: { sheet: {} },
    ratedAt: at,
    validUntil: new Date(at.getTime() + 365 * 86_400_000),
  };
}

/** The result of a command that is expected to be carried out. */
export function done<T extends object>(result: T | Refused): T {
  if (isRefused(result))
    throw new Error(`Refused: ${result.refused.map((reason) => reason.code).join(', ')}`);
  return result;
}

/** The codes of a command that is expected to be refused. */
export function refusalCodes(result: object): string[] {
  if (!isRefused(result))
    throw new Error('The command was carried out although it should have been refused.');
  return result.refused.map((reason) => reason.code);
}
