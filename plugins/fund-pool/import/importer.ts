import { catalogService } from '../../../core/catalog/service.ts';
import type { Host, ImportInput, ImportProblem, ImportReport } from '../../../core/plugin/contract.ts';
import { fundProduct } from '../fund-product.ts';
import { fundRules } from '../fund-types.ts';
import { readFundList } from './read-list.ts';

const PROBLEMS_MAX = 1000;

/**
 * `npm run import -- funds FILE`. Each row becomes a fund product as a draft, with a zero-priced row and, where the
 * table of types knows its type, a rating. The whole list is checked first: one bad row, told with line and column, and
 * nothing is applied. The same list again changes nothing; a changed row becomes the draft of a next version.
 */
export async function importFunds(input: ImportInput, host: Host): Promise<ImportReport> {
  const list = await readFundList(input.file);
  const rules = fundRules(host);
  const at = host.clock.now();
  const products = list.funds.map(({ fund }) => fundProduct(fund, rules, at));
  const unrated = new Map<string, number>();
  for (const [index, { rated }] of products.entries()) {
    const { type } = list.funds[index]!.fund;
    if (!rated) unrated.set(type, (unrated.get(type) ?? 0) + 1);
  }
  const problems: ImportProblem[] = [...list.problems];
  const counts = { created: 0, changed: 0, unchanged: 0 };
  if (problems.length === 0) {
    const done = await host.service(catalogService).importProducts(
      input.actor,
      products.map(({ product }) => product),
      { dryRun: input.dryRun, onProgress: input.onProgress },
    );
    Object.assign(counts, { created: done.created, changed: done.changed, unchanged: done.unchanged });
    // The catalogue may know of a code what the list does not say, e.g. that it is another product's.
    for (const { index, reasons } of done.refused)
      for (const { path = '', text } of reasons) {
        const { line, fund } = list.funds[index]!;
        problems.push({ line, column: path, value: fund.code, problem: text });
      }
  }
  return {
    rows: list.rows,
    ...counts,
    problems: problems.slice(0, PROBLEMS_MAX),
    facts: {
      rated: products.filter(({ rated }) => rated).length,
      unratedByType: Object.fromEntries([...unrated].sort(([, a], [, b]) => b - a)),
      refusedRows: new Set(problems.map(({ line }) => line)).size,
      ...(input.dryRun ? { dryRun: true } : {}),
    },
  };
}
