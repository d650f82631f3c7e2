import { readFileSync } from 'node:fs';
import type { NewProduct } from '../../../core/catalog/drafts.ts';
import { isRefused } from '../../../core/catalog/outcome.ts';
import type { Channel, ProductRecord } from '../../../core/catalog/records.ts';
import { catalogService, type CatalogService } from '../../../core/catalog/service.ts';
import { fromRoot } from '../../../core/paths.ts';
import type { Host, LocalizedText } from '../../../core/plugin/contract.ts';
import { readRuleFile } from '../../../core/explain/rule-data.ts';
import { loadFactorModel } from '../../../core/risk/factor-model.ts';
import { rate } from '../../../core/risk/rate.ts';
import type { RatingInput } from '../../../core/risk/token.ts';
import { validUntil } from '../../../core/risk/validity.ts';
import { sampleService } from '../../../core/sample/loader.ts';
import {
  SAMPLE_REASON,
  approveWaiting,
  refuseRefusals,
  sampleStaff,
  type SampleStaff,
} from '../../../core/sample/staff.ts';
import { startOfBusinessDate } from '../../../core/time/business-day.ts';
import { ISSUE_SUBJECT, type IssueInput } from '../issue/write.ts';
import { PACKAGE_KIND, QUERY_KIND } from '../kinds.ts';
import { smsService } from '../service.ts';

interface SampleSms {
  readonly code: string;
  readonly keyword: string;
  readonly name: LocalizedText;
  readonly summary: LocalizedText;
  readonly points: number;
  readonly schedule?: string;
  readonly sendTime?: string;
  readonly opinion?: boolean;
  readonly asks?: string;
}

export interface SmsData {
  readonly packages: readonly SampleSms[];
  readonly queries: readonly SampleSms[];
  readonly issues: readonly IssueInput[];
}

const CHANNELS: readonly Channel[] = ['SMS', 'APP', 'WEBSITE', 'CALL_CENTRE'];
const CATEGORY = { code: 'sms', name: { zh: '短信产品', en: 'SMS' }, order: 91 };
const BRAND = 'lucid-sms';

export function readSmsData(): SmsData {
  const file = fromRoot('plugins', 'sms-products', 'sample', 'sms.json');
  return JSON.parse(readFileSync(file, 'utf8')) as SmsData;
}

/**
 * Six packages, four queries and some issues, each proposed by one demo person and approved by another. Every step asks
 * first what is there already, so that it goes on where it was interrupted.
 */
export async function loadSms(host: Host, progress: (done: number, total: number) => void): Promise<void> {
  const loadedOn = await host.service(sampleService).loadedOn('sms');
  const data = readSmsData();
  const staff = await sampleStaff(host);
  const steps = [
    () => importAndReview(host, data, staff, loadedOn),
    () => list(host, data, staff),
    () => writeIssues(host, data, staff, loadedOn),
  ];
  for (const [done, step] of steps.entries()) {
    progress(done, steps.length);
    await step();
  }
  progress(steps.length, steps.length);
}

async function importAndReview(
  host: Host,
  data: SmsData,
  staff: SampleStaff,
  loadedOn: string,
): Promise<void> {
  const catalog = host.service(catalogService);
  const categoryId = await ensureCategory(catalog, staff);
  const brandId = (await catalog.tree('brands')).find(({ code }) => code === BRAND)?._id;
  const at = startOfBusinessDate(loadedOn);
  const placed = { categoryId, ...(brandId === undefined ? {} : { brandId }) };
  const toProduct =
    (kind: string) =>
    ({ code, name, summary, points, ...attributes }: SampleSms): NewProduct => ({
      code,
      kind,
      content: { name, summary, ...placed, attributes },
      saleFrom: at,
      prices: [
        {
          currency: 'POINTS',
          amountMinor: points,
          billing: kind === PACKAGE_KIND ? 'MONTH' : 'ONCE',
          saleFrom: at,
        },
      ],
      rating: lowestRating(at),
    });
  const rows = [...data.packages.map(toProduct(PACKAGE_KIND)), ...data.queries.map(toProduct(QUERY_KIND))];
  const { refused } = await catalog.importProducts(staff.maker, rows, { submitBecause: SAMPLE_REASON });
  refuseRefusals(
    'import SMS products',
    refused.map(({ code, reasons }) => ({ code, refused: reasons })),
  );
  const drafts = (await recordsOf(catalog, data)).filter(({ lastReview }) => lastReview === 'DRAFT');
  if (drafts.length > 0) {
    const ids = drafts.map(({ _id }) => _id);
    refuseRefusals('submit SMS products', (await catalog.submit(staff.maker, ids, SAMPLE_REASON)).outcomes);
  }
  await approveWaiting(host, staff, 'product.version');
}

/** Market facts in a few words: the mildest score of every factor. */
function lowestRating(at: Date): RatingInput {
  const model = loadFactorModel(readRuleFile('core', 'risk', 'rules', 'service-factors.json'));
  const scores = Object.fromEntries(model.factors.map(({ code }) => [code, 1]));
  const rated = rate({ scores }, model);
  if (rated.outcome === 'UNRATED') throw new Error('The factor sheet of the SMS products is not complete.');
  return {
    level: rated.level,
    score: rated.score,
    evidence: 'FACTOR_SHEET',
    modelVersion: rated.modelVersion,
    basis: { sheet: { scores }, floors: rated.floors, decidedBy: rated.decidedBy },
    ratedAt: at,
    validUntil: validUntil(at, model.validityMonths),
  };
}

async function ensureCategory(catalog: CatalogService, { maker }: SampleStaff): Promise<string> {
  const known = (await catalog.tree('categories')).find(({ code }) => code === CATEGORY.code);
  if (known) return known._id;
  const saved = await catalog.createNode(maker, 'categories', CATEGORY);
  if (isRefused(saved))
    throw new Error(`The category of SMS products was refused: ${saved.refused[0]?.text.en}`);
  return saved.node._id;
}

async function list(host: Host, data: SmsData, staff: SampleStaff): Promise<void> {
  const catalog = host.service(catalogService);
  const ready = (await recordsOf(catalog, data)).filter(
    ({ sale, lastReview }) => sale === 'NOT_LISTED' && lastReview === 'APPROVED',
  );
  if (ready.length === 0) return;
  const windows = CHANNELS.map((channel) => ({ channel }));
  const ids = ready.map(({ _id }) => _id);
  refuseRefusals(
    'list SMS products',
    (await catalog.proposeListing(staff.maker, ids, windows, SAMPLE_REASON)).outcomes,
  );
  await approveWaiting(host, staff, 'product.listing');
}

/** The first stays with the checker, so that somebody finds one waiting. */
async function writeIssues(host: Host, data: SmsData, staff: SampleStaff, loadedOn: string): Promise<void> {
  const sms = host.service(smsService);
  for (const [index, input] of data.issues.entries()) {
    const saved = await sms.createIssue(staff.maker, input, `sample:${loadedOn}:${index}`);
    if ('refused' in saved) return refuseRefusals('write issues', [{ code: input.title, ...saved }]);
    const issue = await sms.issue(saved.issueId);
    if (issue?.state !== 'DRAFT') continue;
    await sms.submitIssue(staff.maker, saved.issueId, index === 0 ? '待复核样例' : SAMPLE_REASON);
  }
  await approveWaiting(host, staff, ISSUE_SUBJECT);
}

async function recordsOf(catalog: CatalogService, { packages, queries }: SmsData): Promise<ProductRecord[]> {
  const found: ProductRecord[] = [];
  for (const { code } of [...packages, ...queries]) {
    const record = await catalog.productByCode(code);
    if (record) found.push(record);
  }
  return found;
}
