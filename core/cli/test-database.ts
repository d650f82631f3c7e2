import { spawn } from 'node:child_process';
import { fromRoot } from '../paths.ts';

/** The platform's storage needs, asked of any server: `npm run test:database -- mongodb://…/?replicaSet=…`. */
const [uri] = process.argv.slice(2);
if (uri === undefined || !/^mongodb(\+srv)?:\/\//.test(uri)) {
  console.error('usage: npm run test:database -- mongodb://HOST:PORT/?replicaSet=NAME');
  process.exit(1);
}
const jest = spawn(
  process.execPath,
  ['--experimental-vm-modules', fromRoot('node_modules/jest/bin/jest.js'), 'test/contract/database'],
  { cwd: fromRoot(), stdio: 'inherit', env: { ...process.env, TESSERA_TEST_SERVER: uri } },
);
jest.on('exit', (code) => process.exit(code ?? 1));
