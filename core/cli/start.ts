import { PlatformError } from '../errors.ts';
import { failureOf, framesOf } from '../failure.ts';
import { run, type Running } from '../main.ts';
import { sampleService } from '../sample/loader.ts';
import { showSampleProgress } from './sample-progress.ts';

/** `npm start`: the whole platform in one process, with the embedded database beside it. */
const STOP_LIMIT_MS = 10_000;
const started = Date.now();
const interruption = new AbortController();
let running: Running | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
try {
  running = await run(process.env, (line) => console.log(line), interruption.signal);
  void running.failed.then((error) => endWith(error));
  const { logger } = running.app.hosts.core;
  // A plugin that leaves a promise to itself must not take the others down with it.
  process.on('unhandledRejection', (reason) =>
    logger.error({ ...failureOf(reason), frames: framesOf(reason) }, 'a promise failed unheard'),
  );
  announce(running);
} catch (error) {
  if (interruption.signal.aborted) process.exit(0);
  endWith(error);
}

/** Ctrl-C and SIGTERM, at any time. A terminal sends Ctrl-C to the whole group, so a second one means nothing more. */
function stop(): void {
  if (interruption.signal.aborted) return;
  interruption.abort();
  const limit = setTimeout(() => {
    console.error(`tessera: not everything stopped within ${STOP_LIMIT_MS / 1000} s; ended without it.`);
    process.exit(1);
  }, STOP_LIMIT_MS);
  // While it starts there is nothing to stop yet; the interrupted start stops what it had begun.
  void running?.stop().then(() => {
    clearTimeout(limit);
    process.exit(0);
  }, endWith);
}

function endWith(error: unknown): never {
  if (!(error instanceof PlatformError)) throw error;
  console.error(`tessera: ${error.message} [${error.code}]`);
  process.exit(1);
}

function announce({ app, url }: Running): void {
  const { mode, role } = app.config;
  console.log(
    `\nTessera is up after ${((Date.now() - started) / 1000).toFixed(1)} s (${mode}, role ${role})\n`,
  );
  if (role !== 'worker') {
    console.log(`  Admin UI     ${url}/admin/`);
    console.log(`  GraphQL      ${url}/graphql`);
  }
  console.log(`  Health       ${url}/livez  ${url}/readyz  ${url}/metrics`);
  if (app.demoSignIns && role !== 'worker') {
    console.log('\n  Demo sign-ins (random for this installation)');
    for (const { account, password, label } of app.demoSignIns.staff)
      console.log(`    ${account.padEnd(14)} ${password}   ${label.en} ${label.zh}`);
    console.log('  Demo touchpoint tokens');
    for (const { channel, token } of app.demoSignIns.apiClients)
      console.log(`    ${channel.padEnd(14)} ${token}`);
  }
  console.log('\n  Ctrl-C stops it.\n');
  showSampleProgress(() => app.hosts.core.service(sampleService).progress);
}
