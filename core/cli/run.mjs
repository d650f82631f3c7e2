// Builds what is missing or older than its source, then runs dist/core/cli/NAME.js: `node core/cli/run.mjs NAME ARGS…`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [name, ...args] = process.argv.slice(2);
const dist = join(root, 'dist');

const serverStamp = join(dist, '.built');
if (newest(['core', 'plugins', 'test/support', 'test/bench', 'examples'], /\.ts$/) > buildTime(serverStamp))
  build('the server', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], serverStamp);

const uiStamp = join(root, 'admin-ui', 'dist', '.built');
const needsUi = name === 'build' || name === 'start';
if (needsUi && newest(['admin-ui', 'plugins'], /\.(tsx?|css|json|html)$/) > buildTime(uiStamp))
  build(
    'the admin UI',
    ['node_modules/vite/bin/vite.js', 'build', 'admin-ui', '--logLevel', 'warn'],
    uiStamp,
  );

if (name !== 'build') {
  const child = spawn(
    process.execPath,
    // A request lives longer than the youngest generation of half that size lasts under load; then it is copied twice.
    ['--enable-source-maps', '--max-semi-space-size=32', join(dist, 'core', 'cli', `${name}.js`), ...args],
    { stdio: 'inherit', cwd: process.cwd() },
  );
  // The terminal sends Ctrl-C to both; this process waits for the other to stop cleanly.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

function build(what, command, stamp) {
  process.stderr.write(`Building ${what} …\n`);
  const { status } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, '');
}

function buildTime(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

function newest(folders, pattern) {
  let latest = 0;
  const visit = (folder) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist') visit(path);
      else if (entry.isFile() && pattern.test(entry.name)) latest = Math.max(latest, statSync(path).mtimeMs);
    }
  };
  for (const folder of folders) visit(join(root, folder));
  return latest;
}
