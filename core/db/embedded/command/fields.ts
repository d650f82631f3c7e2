import type { Document } from 'bson';
import { CommandError, badValue } from '../errors.ts';

/** Fields that any command may carry; they say how to run it, not what to do. */
const COMMON = [
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'stmtId',
  'stmtIds',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
];

/** Refuses, by name, whatever a command carries beyond what is understood: nothing is silently ignored. */
export function refuseUnknown(command: string, fields: string[], given: Document): void {
  for (const field of Object.keys(given)) {
    if (field === 'collation' && isSimple(given.collation)) continue;
    if (field === 'collation') {
      throw badValue(`collation: the embedded database compares strings by their bytes only ('simple')`);
    }
    if (fields.includes(field)) continue;
    throw new CommandError(
      40415,
      'Location40415',
      `BSON field '${command}.${field}' is an unknown field (the embedded database refuses it)`,
    );
  }
}

export function refuseUnknownFields(name: string, fields: string[], command: Document): void {
  refuseUnknown(name, [name, ...COMMON, ...fields], command);
  const level: unknown = (command.readConcern as Document | undefined)?.level;
  const known = ['local', 'available', 'majority', 'snapshot', 'linearizable'];
  if (level !== undefined && !known.includes(String(level)))
    throw badValue(`unknown read concern '${String(level)}'`);
  if (level === 'snapshot' && command.autocommit === undefined) {
    throw new CommandError(72, 'InvalidOptions', 'readConcern snapshot is supported in transactions only');
  }
}

function isSimple(collation: unknown): boolean {
  if (collation == null) return true;
  return (collation as Document).locale === 'simple' && Object.keys(collation).length === 1;
}
