import type { PermissionDeclaration } from '../../../core/plugin/contract.ts';

export const accountPermissions: readonly PermissionDeclaration[] = [
  {
    code: 'loyalty.account.read',
    title: { zh: '查看客户积分', en: "See clients' points" },
    roles: ['product-manager', 'reviewer', 'auditor', 'touchpoint', 'administrator'],
  },
  {
    code: 'loyalty.rule.read',
    title: { zh: '查看积分规则', en: 'See earning rules' },
    roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
  },
  {
    code: 'loyalty.adjustment.propose',
    title: { zh: '提出积分手工调整', en: 'Propose adjustments of points' },
    roles: ['product-manager'],
  },
  {
    code: 'loyalty.adjustment.decide',
    title: { zh: '复核积分手工调整', en: 'Decide on adjustments of points' },
    roles: ['reviewer'],
  },
];
