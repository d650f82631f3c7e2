import { subscriptionService } from '../../core/subscription/service.ts';
import { startPlatform, type TestPlatform } from './platform.ts';
import { MAKER, purse } from './shop.ts';

/** A process that orders, and dies when the gateway has captured and nobody knows it yet. */
const [databaseUri, dataFolder, request] = process.argv.slice(2) as [string, string, string];
const dies = purse(async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
});
const platform = await startPlatform({
  plugins: [dies],
  beside: { databaseUri, dataFolder } as TestPlatform,
});
await platform.app.hosts.core.service(subscriptionService).place(MAKER, JSON.parse(request) as never);
