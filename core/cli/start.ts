import { PlatformError } from '../errors.ts';
import { run } from '../main.ts';

/** `npm start`: the whole platform in one process, with the embedded database beside it. */
const started = Date.now();
try {
  const running = await run(process.env, (line) => console.log(line));
  const { app, url } = running;
  console.log(
    `\nTessera is up after ${((Date.now() - started) / 1000).toFixed(1)} s (${app.config.mode}, role ${app.config.role})\n`,
  );
  console.log(`  Admin UI     ${url}/admin/`);
  console.log(`  GraphQL      ${url}/graphql`);
  console.log(`  Health       ${url}/livez  ${url}/readyz  ${url}/metrics`);
  if (app.demoSignIns) {
    console.log('\n  Demo sign-ins (random for this installation)');
    for (const { account, password, label } of app.demoSignIns.staff)
      console.log(`    ${account.padEnd(14)} ${password}   ${label.en} ${label.zh}`);
    console.log('  Demo touchpoint tokens');
    for (const { channel, token } of app.demoSignIns.apiClients)
      console.log(`    ${channel.padEnd(14)} ${token}`);
  }
  console.log('\n  Ctrl-C stops it.\n');
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await running.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  console.error(`tessera: ${error.message} [${error.code}]`);
  process.exit(1);
}
