import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { PlatformError } from '../../../core/errors.ts';
import type {
  ApprovalDiffLine,
  ApprovalSubject,
  ApprovedChange,
  Host,
} from '../../../core/plugin/contract.ts';
import { keysOf, type MerchantTerms } from './merchant.ts';
import { MERCHANTS, type MerchantRecord } from './model.ts';

export const MERCHANT_SUBJECT = 'loyalty.merchant';

/** A merchant as two people decide it, made or changed. */
export const merchantSubject: ApprovalSubject = {
  type: MERCHANT_SUBJECT,
  title: { zh: '合作商户', en: 'Merchant' },
  permissions: { propose: 'merchant.propose', decide: 'merchant.decide' },
  apply: applyMerchant,
  diff: diffMerchant,
};

async function applyMerchant(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  const { code, publicKeys, ...terms } = approval.change as unknown as MerchantTerms;
  const merchants = collectionOf<MerchantRecord>(host, MERCHANTS);
  const { session } = tx;
  const before = await merchants.findOne({ _id: code }, { session });
  if ((before?.rev ?? 0) !== (approval.expectedRevisions?.[code] ?? 0))
    throw new PlatformError('SUBJECT_CHANGED', `${code} was changed since this was proposed.`, {
      status: 409,
    });
  const after: MerchantRecord = {
    _id: code,
    ...terms,
    keys: keysOf({ code, publicKeys }),
    webhookSecrets: before?.webhookSecrets ?? [],
    rev: (before?.rev ?? 0) + 1,
    createdAt: before?.createdAt ?? tx.at,
    changedAt: tx.at,
  };
  await merchants.replaceOne({ _id: code }, after, { upsert: true, session });
  tx.trace({
    action: before ? 'merchant.changed' : 'merchant.created',
    subject: { type: 'Merchant', id: code },
    reason: approval.reason,
    details: { rev: after.rev, state: after.state, keys: after.keys.map(({ id }) => id) },
  });
}

async function diffMerchant(approval: ApprovedChange, host: Host): Promise<readonly ApprovalDiffLine[]> {
  const { publicKeys, ...terms } = approval.change as unknown as MerchantTerms;
  const found = await collectionOf<MerchantRecord>(host, MERCHANTS).findOne({ _id: terms.code });
  const before: Readonly<Record<string, unknown>> = found ? shown(found._id, found) : {};
  const keys = keysOf({ code: terms.code, publicKeys });
  const after = shown(terms.code, { ...terms, keys });
  return Object.entries(TITLES)
    .map(([path, title]) => ({
      path,
      title,
      before: before[path] ?? null,
      after: after[path as keyof typeof after] ?? null,
    }))
    .filter((line) => JSON.stringify(line.before) !== JSON.stringify(line.after));
}

function shown(
  code: string,
  merchant: Omit<MerchantTerms, 'code' | 'publicKeys'> & Pick<MerchantRecord, 'keys'>,
) {
  const { name, state, sandbox, goodsClass, keys, webhookUrl, pointsMax, requestsPerMinute, holdMinutes } =
    merchant;
  return {
    code,
    name,
    state,
    sandbox,
    goodsClass,
    keys: keys.map(({ id }) => id),
    webhookUrl,
    pointsMax,
    requestsPerMinute,
    holdMinutes,
  };
}

const TITLES = {
  code: { zh: '商户代码', en: 'Code' },
  name: { zh: '名称', en: 'Name' },
  state: { zh: '状态', en: 'State' },
  sandbox: { zh: '沙箱', en: 'Sandbox' },
  goodsClass: { zh: '商品合规类别', en: 'Class of goods' },
  keys: { zh: '公钥', en: 'Public keys' },
  webhookUrl: { zh: '通知地址', en: 'Webhook address' },
  pointsMax: { zh: '单笔积分上限', en: 'Most points of one redemption' },
  requestsPerMinute: { zh: '每分钟请求上限', en: 'Requests a minute' },
  holdMinutes: { zh: '预留时长（分钟）', en: 'Minutes that a hold lasts' },
} as const;
