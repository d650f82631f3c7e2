import { collection } from '../catalog/collections.ts';
import { inForce } from '../catalog/in-force.ts';
import { loadNewestVersions, loadProducts } from '../catalog/loading.ts';
import { lastPublished } from '../catalog/publish.ts';
import { RISK_RATINGS, type RiskRatingRecord } from '../catalog/records.ts';
import type { WorkbenchTaskDeclaration } from '../plugin/workbench.ts';
import { addDays } from '../time/business-day.ts';
import { riskService } from './token.ts';

/** How long before its end a rating is called for, and how long after it. */
const AHEAD_DAYS = 30;
const BEHIND_DAYS = 365;
const ROWS_MAX = 20;
const CANDIDATES_MAX = 200;

/** Listed products whose rating in force ends within 30 days or has ended: nothing new is sold without one. */
export const expiringRatingTask: WorkbenchTaskDeclaration = {
  code: 'ratings',
  title: { zh: '评级到期', en: 'Ratings that end' },
  verb: { zh: '重评', en: 'Re-rate' },
  permission: 'risk.edit',
  find: (host, _actor, at) =>
    host.snapshot(async (session) => {
      const ending = await collection<RiskRatingRecord>(host, RISK_RATINGS)
        .find(
          { validUntil: { $gte: addDays(at, -BEHIND_DAYS), $lt: addDays(at, AHEAD_DAYS) } },
          { session, sort: { validUntil: 1 }, limit: CANDIDATES_MAX },
        )
        .toArray();
      const products = await loadProducts(host, { session }, [
        ...new Set(ending.map(({ productId }) => productId)),
      ]);
      const listed = [...products.values()].filter(({ sale }) => sale === 'LISTED');
      const ratings = await host.service(riskService).ratingsOf(
        listed.map(({ _id }) => _id),
        { session },
      );
      const knownSeq = await lastPublished(host, { session });
      const names = await loadNewestVersions(host, { session }, listed);
      return listed
        .flatMap((product) => {
          const own = ratings.filter(({ productId }) => productId === product._id);
          const current = inForce(own, { at, knownSeq });
          const name = names.get(product._id)?.content.name;
          if (!current || !name || current.validUntil >= addDays(at, AHEAD_DAYS)) return [];
          return [{ product, current, name }];
        })
        .sort((a, b) => a.current.validUntil.getTime() - b.current.validUntil.getTime())
        .slice(0, ROWS_MAX)
        .map(({ product, current, name }) => ({
          title: {
            zh: `${name.zh}的${current.level}评级${current.validUntil <= at ? '已到期' : '将到期'}`,
            en: `The ${current.level} rating of ${name.en ?? name.zh} ${current.validUntil <= at ? 'has ended' : 'ends'}`,
          },
          detail: {
            zh: `${product.code} · 到期后不再新售，持有人不受影响`,
            en: `${product.code} · no new sale after that; holders keep what they hold`,
          },
          count: 1,
          when: 'DUE' as const,
          at: current.validUntil,
          link: `/products/${encodeURIComponent(product.code)}`,
        }));
    }),
};
