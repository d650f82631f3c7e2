import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../main.ts';
import { clientFile } from './demo/clients.ts';
import { Caller, DemoFailure, Stage, startCommand } from './demo/stage.ts';
import { tellStory } from './demo/story.ts';

/** `npm run demo`: the platform's story told through its real HTTP API on a temporary installation. */
const folder = mkdtempSync(join(tmpdir(), 'tessera-demo-'));
const environment = { TESSERA_DATA: folder, PORT: '0', TESSERA_SAMPLE: '0', LOG_LEVEL: 'error' };
const stage = new Stage();
console.log('Tessera, a guided run on a temporary installation. 在临时实例上的引导演示。');
const running = await run(environment, () => undefined);
const second = startSecond();
try {
  const file = join(folder, 'clients.csv');
  writeFileSync(file, clientFile(new Date()));
  const { staff, apiClients } = running.app.demoSignIns!;
  const signIn = (role: string) => {
    const { account, password } = staff.find((person) => person.role === role)!;
    return Caller.signIn(running.url, account, password);
  };
  const { token } = apiClients.find(({ channel }) => channel === 'APP')!;
  await tellStory({
    stage,
    manager: await signIn('product-manager'),
    reviewer: await signIn('reviewer'),
    app: new Caller(running.url, token),
    appElsewhere: new Caller(await second.url, token),
    environment,
    clientFile: file,
  });
  console.log('\nEvery step went as told. 全部步骤均符合预期。');
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  console.error(`\nThe run stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await second.stop();
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** A second process on the same database, as a second machine would be. */
function startSecond() {
  const MONGODB_URI = readFileSync(join(folder, 'database-address'), 'utf8').trim();
  const child = startCommand('start', [], {
    ...environment,
    MONGODB_URI,
    TESSERA_MODE: 'demo',
    TESSERA_ROLE: 'api',
  });
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/localhost:\d+(?=\/graphql)/.exec(output)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('close', () => reject(new DemoFailure(`The second process ended: ${output}`)));
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
      await url.catch(() => undefined);
    },
  };
}
