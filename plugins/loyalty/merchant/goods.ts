import type { Actor } from '../../../core/access/actor.ts';
import type { VersionRecord } from '../../../core/catalog/records.ts';
import { catalogService } from '../../../core/catalog/service.ts';
import { incentivePolicy } from '../../../core/earning/feature.ts';
import { GOODS_CLASSES, type GoodsClass, type IncentivePolicy } from '../../../core/earning/policy.ts';
import { notFound } from '../../../core/errors.ts';
import type {
  Host,
  ListingGate,
  LocalizedText,
  ProductKindDeclaration,
  Reason,
} from '../../../core/plugin/contract.ts';
import { quotaService, type Quota } from '../../../core/quota/quota.ts';
import { merchantService } from './service.ts';

export const GOODS_KIND = 'partner-goods';

const text = (zh: string, en: string, more: Record<string, unknown> = {}) => ({
  type: 'string',
  'x-title': { zh, en },
  'x-group': 'partner',
  ...more,
});

/** Goods of a merchant that points buy. Priced in POINTS by ordinary price rows, listed like anything else. */
export const goodsKind: ProductKindDeclaration = {
  code: GOODS_KIND,
  name: { zh: '合作商品', en: 'Partner goods' },
  nature: 'SERVICE',
  requiredToList: ['PRICE', 'CATEGORY'],
  publicOffer: true,
  attributes: {
    type: 'object',
    additionalProperties: false,
    properties: {
      merchantCode: text('合作商户', 'Merchant', {
        maxLength: 20,
        'x-required-to-list': true,
        'x-filterable': true,
        'x-searchable': true,
      }),
      goodsClass: {
        enum: [...GOODS_CLASSES],
        'x-title': { zh: '合规类别', en: 'Class of goods' },
        'x-group': 'partner',
        'x-required-to-list': true,
        'x-filterable': true,
      },
      delivery: {
        enum: ['VOUCHER', 'SHIPPING', 'ONLINE', 'ON_SITE'],
        'x-title': { zh: '交付方式', en: 'Delivery' },
        'x-group': 'partner',
        'x-required-to-list': true,
        'x-filterable': true,
      },
      perClientMax: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        'x-title': { zh: '每位客户限兑数量', en: 'How many one client may have' },
        'x-group': 'partner',
      },
      listPriceMinor: {
        type: 'integer',
        minimum: 0,
        'x-title': { zh: '市场价', en: 'Price in the shop' },
        'x-group': 'partner',
        'x-unit': '分 CNY',
      },
      afterSales: text('售后说明', 'After-sales terms', { maxLength: 2000, 'x-material': false }),
    },
  },
};

export interface GoodsAttributes {
  readonly merchantCode: string;
  readonly goodsClass: GoodsClass;
  readonly perClientMax?: number;
}

/** Refuses goods of a class that the incentive policy does not allow, and goods of a merchant that is none. */
export const goodsGate: ListingGate = {
  code: 'loyalty.goods',
  check: async (productIds, host) => {
    const catalog = host.service(catalogService);
    const goods = [...(await catalog.productsById(productIds)).values()].filter(
      ({ kind }) => kind === GOODS_KIND,
    );
    const against = new Map<string, Reason[]>();
    for (const product of goods) {
      const attributes = attributesOf(await catalog.versions(product._id));
      const reasons = attributes ? await goodsReasons(host, product.code, attributes) : [];
      if (reasons.length > 0) against.set(product._id, reasons);
    }
    return against;
  },
};

async function goodsReasons(
  host: Host,
  code: string,
  { merchantCode, goodsClass }: GoodsAttributes,
): Promise<Reason[]> {
  const policy = incentivePolicy(host);
  const merchant = await host.service(merchantService).find(merchantCode);
  return [
    ...(merchant?.state === 'ACTIVE'
      ? []
      : [
          {
            code: 'GOODS_MERCHANT_UNKNOWN',
            text: {
              zh: `商户“${merchantCode}”不存在或已关闭。`,
              en: `There is no active merchant "${merchantCode}". Have it approved first.`,
            },
            path: 'attributes.merchantCode',
          },
        ]),
    ...(policy.allowedGoods.includes(goodsClass)
      ? []
      : [
          {
            code: 'GOODS_CLASS_FORBIDDEN',
            text: forbiddenGoods(policy, goodsClass, code, merchantCode),
            path: 'attributes.goodsClass',
          },
        ]),
  ];
}

/** The way from points to what the policy bars, in words. */
export function forbiddenGoods(
  { id, version }: Pick<IncentivePolicy, 'id' | 'version'>,
  goodsClass: GoodsClass,
  goods: string,
  merchantCode: string,
): LocalizedText {
  const path = `${merchantCode} → ${goods} → ${goodsClass}`;
  return {
    zh: `积分 → ${path}：激励合规政策 ${id}@${version} 不允许此类商品。`,
    en: `points → ${path}: policy ${id}@${version} forbids goods of this class.`,
  };
}

function attributesOf(versions: readonly VersionRecord[]): GoodsAttributes | undefined {
  const approved = versions.filter(({ review }) => review === 'APPROVED').sort((a, b) => b.no - a.no);
  return approved[0]?.content.attributes as GoodsAttributes | undefined;
}

export function stockKey(productId: string): string {
  return `goods:${productId}`;
}

/** What one client has had of goods that are limited for each client. */
export function clientLimitKey(productId: string, partyId: string): string {
  return `goods:${productId}:${partyId}`;
}

/**
 * States how many of some goods there are in all, those given away included.
 * @throws NOT_FOUND, QUOTA_BELOW_TAKEN, AMOUNT_INVALID
 */
export async function setStock(host: Host, actor: Actor, code: string, total: number): Promise<Quota> {
  const product = await host.service(catalogService).productByCode(code);
  if (product?.kind !== GOODS_KIND) throw notFound('goods', code);
  return host.transact(actor, async (tx) => {
    const stock = await host.service(quotaService).define(tx, stockKey(product._id), total);
    tx.trace({
      action: 'goods.stock-set',
      subject: { type: 'Product', id: product._id },
      details: { total },
    });
    return stock;
  });
}

/** Undefined where nobody ever said how many there are: then none can be had. */
export async function stockOf(host: Host, code: string): Promise<Quota | undefined> {
  const product = await host.service(catalogService).productByCode(code);
  if (product?.kind !== GOODS_KIND) throw notFound('goods', code);
  return host.service(quotaService).find(stockKey(product._id));
}
