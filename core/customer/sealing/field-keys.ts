import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { StartError } from '../../errors.ts';

/** A key that seals personal data; its id says in the sealed record which key opens it. */
export interface FieldKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Secrets that demo mode makes at random for this installation; readable by its owner alone. */
export const SECRETS_FILE = 'secrets.json';

const KEY_BYTES = 32;
const secretsShape = z.looseObject({ fieldKeys: z.array(z.base64()).optional() });

/**
 * The keys of this installation, the one that seals first. Production reads TESSERA_FIELD_KEY; demo mode makes a key at
 * the first start and keeps it in the data folder.
 * @throws StartError naming the file where it cannot be read or is not what this platform wrote
 */
export function loadFieldKeys(config: Config): FieldKey[] {
  if (config.fieldKey !== undefined) return [fieldKey(Buffer.from(config.fieldKey, 'base64'))];
  if (config.mode === 'production')
    throw new StartError('CONFIG_INVALID', 'TESSERA_FIELD_KEY', 'is required in production.');
  const file = join(config.dataFolder, SECRETS_FILE);
  const known = readSecrets(file);
  if (known?.fieldKeys?.length) return known.fieldKeys.map((key) => fieldKey(Buffer.from(key, 'base64')));
  writeSecrets(config.dataFolder, file, { ...known, fieldKeys: [randomBytes(KEY_BYTES).toString('base64')] });
  // Read back: where two processes start at once, both use the key of the one that wrote first.
  return readSecrets(file)!.fieldKeys!.map((key) => fieldKey(Buffer.from(key, 'base64')));
}

export function fieldKey(bytes: Buffer): FieldKey {
  if (bytes.length !== KEY_BYTES)
    throw new Error(`A field key has ${KEY_BYTES} bytes, this one has ${bytes.length}.`);
  return {
    id: createHash('sha256').update('tessera field key').update(bytes).digest('hex').slice(0, 12),
    bytes,
  };
}

type Secrets = z.infer<typeof secretsShape>;

function readSecrets(file: string): Secrets | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return secretsShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StartError(
      'SECRETS_INVALID',
      file,
      'cannot be read as the secrets of this installation. Restore it from a backup: without it the personal data in this folder cannot be opened.',
      error,
    );
  }
}

function writeSecrets(folder: string, file: string, secrets: Secrets): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  if (existsSync(file)) return void renameSync(draft, file);
  try {
    linkSync(draft, file);
    chmodSync(file, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
}
