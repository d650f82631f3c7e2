import type { ProductKindDeclaration } from '../../core/plugin/contract.ts';

export const PACKAGE_KIND = 'sms-package';
export const QUERY_KIND = 'sms-query';

const keyword = {
  type: 'string',
  pattern: '^[0-9]{3}$',
  'x-title': { zh: '编号', en: 'Keyword' },
  'x-group': 'delivery',
  'x-required-to-list': true,
  'x-filterable': true,
  'x-searchable': true,
};

/** An adviser's opinion on a security is investment advice: who gives it is part of the product. */
const adviser = {
  adviserName: {
    type: 'string',
    maxLength: 40,
    'x-title': { zh: '投资顾问', en: 'Adviser' },
    'x-group': 'advice',
  },
  adviserRegistration: {
    type: 'string',
    pattern: '^[A-Z0-9]{8,20}$',
    'x-title': { zh: '投顾登记编号', en: "Adviser's registration number" },
    'x-group': 'advice',
  },
};

/** A package of messages (短信套餐) that a client takes by the month. */
export const smsPackageKind: ProductKindDeclaration = {
  code: PACKAGE_KIND,
  name: { zh: '短信套餐', en: 'SMS package' },
  nature: 'SERVICE',
  requiredToList: ['PRICE', 'RISK_RATING', 'CATEGORY', 'NAME_EN'],
  attributes: {
    type: 'object',
    additionalProperties: false,
    properties: {
      keyword,
      schedule: {
        enum: ['TRADING_DAY', 'INTRADAY', 'EVENT', 'WEEK', 'MONTH'],
        'x-title': { zh: '发送频率', en: 'Schedule' },
        'x-group': 'delivery',
        'x-required-to-list': true,
        'x-filterable': true,
      },
      sendTime: {
        type: 'string',
        pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
        'x-title': { zh: '发送时间', en: 'Sent at' },
        'x-group': 'delivery',
        'x-unit': 'Asia/Shanghai',
      },
      opinion: {
        type: 'boolean',
        'x-title': { zh: '含投资观点', en: 'Holds opinions' },
        'x-group': 'advice',
        'x-required-to-list': true,
      },
      ...adviser,
    },
  },
};

/** A query by SMS (短信查询): asked, charged and answered once. */
export const smsQueryKind: ProductKindDeclaration = {
  code: QUERY_KIND,
  name: { zh: '短信查询', en: 'SMS query' },
  nature: 'SERVICE',
  requiredToList: ['PRICE', 'CATEGORY', 'NAME_EN'],
  attributes: {
    type: 'object',
    additionalProperties: false,
    properties: {
      keyword,
      asks: {
        enum: ['BALANCE', 'HOLDINGS', 'STATEMENT', 'POINTS'],
        'x-title': { zh: '查询内容', en: 'What it asks' },
        'x-group': 'delivery',
        'x-required-to-list': true,
        'x-filterable': true,
      },
    },
  },
};
