import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import base from '../jest.config.mjs';

// The unit tests: those beside the code that ask no database, no process and no browser. Run on another Node as well.
const root = join(import.meta.dirname, '..');
const tests = ['core', 'plugins', 'admin-ui/src']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.test.ts'));
const OUTSIDE =
  /from '(\.\.\/)+(test\/support\/(?!generated)[\w-]+|db\/embedded\/launch)\.ts'|child_process|launch\.ts|engine\.ts'|MongoClient/;
const units = tests.filter((file) => !OUTSIDE.test(readFileSync(join(root, file), 'utf8')));

const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = base;
export default { ...rest, rootDir: root, testMatch: units.map((file) => join(root, file)) };
