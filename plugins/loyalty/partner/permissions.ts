import type { PermissionDeclaration } from '../../../core/plugin/contract.ts';

const READERS = ['product-manager', 'reviewer', 'auditor', 'administrator'];

export const partnerPermissions: readonly PermissionDeclaration[] = [
  { code: 'merchant.read', title: { zh: '查看合作商户', en: 'See merchants' }, roles: READERS },
  {
    code: 'merchant.propose',
    title: { zh: '提出新增或变更合作商户', en: 'Propose merchants and changes to them' },
    roles: ['product-manager'],
  },
  {
    code: 'merchant.decide',
    title: { zh: '复核合作商户', en: 'Decide on merchants' },
    roles: ['reviewer'],
  },
  {
    code: 'merchant.secret',
    title: { zh: '生成商户通知密钥', en: "Draw secrets for merchants' webhooks" },
    roles: ['administrator'],
  },
  {
    code: 'goods.stock',
    title: { zh: '设置合作商品库存', en: 'State the stock of partner goods' },
    roles: ['product-manager'],
  },
  { code: 'redemption.read', title: { zh: '查看积分兑换', en: 'See redemptions' }, roles: READERS },
  {
    code: 'redemption.token',
    title: { zh: '代客户申请一次性兑换凭证', en: 'Get one-time redemption tokens for clients' },
    roles: ['touchpoint'],
  },
  {
    code: 'webhook.replay',
    title: { zh: '重发商户通知', en: 'Send webhooks again' },
    roles: ['product-manager', 'administrator'],
  },
];
