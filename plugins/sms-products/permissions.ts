import type { PermissionDeclaration } from '../../core/plugin/contract.ts';

export const smsPermissions: readonly PermissionDeclaration[] = [
  {
    code: 'sms.read',
    title: { zh: '查看短信期次与收发记录', en: 'See SMS issues and what went in and out' },
    roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
  },
  {
    code: 'sms.write',
    title: { zh: '编写短信期次', en: 'Write SMS issues' },
    roles: ['product-manager'],
  },
  {
    code: 'sms.approve',
    title: { zh: '复核短信期次', en: 'Approve SMS issues' },
    roles: ['reviewer'],
  },
  {
    code: 'sms.inbound',
    title: { zh: '送入客户上行短信', en: "Hand in clients' texts" },
    roles: ['sms-gateway'],
  },
];
