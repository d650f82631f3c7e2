import type { PermissionDeclaration } from '../../core/plugin/contract.ts';

export const fundPoolPermissions: readonly PermissionDeclaration[] = [
  {
    code: 'fund-pool.read',
    title: { zh: '查看基金池', en: 'See fund pools' },
    roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
  },
  {
    code: 'fund-pool.propose',
    title: { zh: '提出基金入池与出池', en: 'Propose funds for pools and out of them' },
    roles: ['product-manager'],
  },
  {
    code: 'fund-pool.decide',
    title: { zh: '复核基金入池与出池', en: 'Decide on funds in pools' },
    roles: ['reviewer'],
  },
];
