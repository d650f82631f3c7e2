import type { FactDeclaration, LocalizedText } from '../plugin/contract.ts';
import type { ActivityDeclaration } from './declare.ts';

/** What the systems of a brokerage tell of their clients from the start; plugins declare more with `activityEvent`. */
export const coreActivities: readonly ActivityDeclaration[] = [
  {
    name: 'trade.settled',
    version: 1,
    title: { zh: '交易完成', en: 'Trade settled' },
    description: 'A trade of the client was settled.',
    facts: {
      turnoverMinor: integer('成交金额（分）', 'Turnover in 分'),
      commissionMinor: { ...integer('佣金（分）', 'Commission in 分'), basis: 'COMMISSION' },
      market: text('市场', 'Market'),
    },
  },
  {
    name: 'fund.purchased',
    version: 1,
    title: { zh: '购买基金', en: 'Fund purchased' },
    description: 'The client bought units of a fund.',
    basis: 'FUND_PURCHASE',
    facts: { amountMinor: integer('金额（分）', 'Amount in 分'), fundCode: text('基金代码', 'Fund code') },
  },
  {
    name: 'service.purchased',
    version: 1,
    title: { zh: '购买服务', en: 'Service purchased' },
    description: 'The client paid for a service outside of this platform.',
    facts: {
      amountMinor: integer('金额（分）', 'Amount in 分'),
      quantity: { ...integer('数量', 'Quantity'), optional: true },
      productCode: { ...text('产品代码', 'Product code'), optional: true },
    },
  },
  {
    name: 'client.signed-in',
    version: 1,
    title: { zh: '每日签到', en: 'Signed in' },
    description: 'The client signed in on a touchpoint.',
    facts: { channel: text('接触点', 'Touchpoint') },
  },
  {
    name: 'client.birthday',
    version: 1,
    title: { zh: '生日', en: 'Birthday' },
    description: 'It is the birthday of the client.',
    facts: {},
  },
  {
    name: 'profile.completed',
    version: 1,
    title: { zh: '完善资料', en: 'Profile completed' },
    description: 'The client completed what the firm asks of them.',
    facts: {},
  },
  {
    name: 'course.passed',
    version: 1,
    title: { zh: '通过课程', en: 'Course passed' },
    description: 'The client passed a course of investor education.',
    facts: { courseCode: text('课程代码', 'Course code') },
  },
  {
    name: 'survey.answered',
    version: 1,
    title: { zh: '回答问卷', en: 'Survey answered' },
    description: 'The client answered a satisfaction survey.',
    facts: { surveyCode: text('问卷代码', 'Survey code') },
  },
  {
    name: 'feedback.given',
    version: 1,
    title: { zh: '提交反馈', en: 'Feedback given' },
    description: 'The client gave feedback on a product.',
    facts: { productCode: { ...text('产品代码', 'Product code'), optional: true } },
  },
];

function integer(zh: string, en: string): FactDeclaration {
  return { type: 'INTEGER', title: words(zh, en) };
}

function text(zh: string, en: string): FactDeclaration {
  return { type: 'TEXT', title: words(zh, en) };
}

function words(zh: string, en: string): LocalizedText {
  return { zh, en };
}
