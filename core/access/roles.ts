import type { Declared, LocalizedText, PermissionDeclaration } from '../plugin/contract.ts';

/** Roles of a house that starts; which permissions each holds is said by the permissions themselves. */
export const ROLES: Readonly<Record<string, LocalizedText>> = {
  'product-manager': { zh: '产品经理', en: 'Product manager' },
  reviewer: { zh: '复核人员', en: 'Reviewer' },
  touchpoint: { zh: '接触点系统', en: 'Touchpoint system' },
  'sms-gateway': { zh: '短信网关', en: 'SMS gateway' },
  auditor: { zh: '合规审计', en: 'Auditor' },
  administrator: { zh: '系统管理员', en: 'Administrator' },
};

/** All permissions of a set of roles. */
export function permissionsOf(
  roles: readonly string[],
  permissions: readonly Declared<PermissionDeclaration>[],
): ReadonlySet<string> {
  const held = new Set(roles);
  return new Set(
    permissions
      .filter((permission) => permission.roles.some((role) => held.has(role)))
      .map(({ code }) => code),
  );
}
