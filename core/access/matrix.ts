import { SIGNED_IN, type AccessRules } from '../graphql/access.ts';
import type { Declared, PermissionDeclaration } from '../plugin/contract.ts';
import { ROLES, permissionsOf } from './roles.ts';

/** Who may ask for a field: `Type.field` → its permission and the roles that hold it. */
export type AccessMatrix = ReadonlyMap<string, { permission: string; roles: readonly string[] }>;

/** Every field of the composed schema against every role, in alphabetical order. */
export function accessMatrix(
  rules: AccessRules,
  permissions: readonly Declared<PermissionDeclaration>[],
): AccessMatrix {
  const held = rolesOf(permissions).map((role) => ({ role, holds: permissionsOf([role], permissions) }));
  const fields = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    fields.map(([field, permission]) => [
      field,
      {
        permission,
        roles: held
          .filter(({ holds }) => permission === SIGNED_IN || holds.has(permission))
          .map(({ role }) => role),
      },
    ]),
  );
}

/** The house's roles and whatever further ones a plugin gives permissions to. */
export function rolesOf(permissions: readonly Declared<PermissionDeclaration>[]): readonly string[] {
  return [...new Set([...Object.keys(ROLES), ...permissions.flatMap(({ roles }) => roles)])].sort();
}

/** One line a field, so that a changed permission shows in review as one changed line. */
export function printAccessMatrix(matrix: AccessMatrix): string {
  const lines = [...matrix].map(([field, cell]) => `  ${JSON.stringify(field)}: ${JSON.stringify(cell)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
