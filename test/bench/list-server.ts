import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startApp, type App } from '../../core/app.ts';
import { CATALOG } from '../../core/catalog/records.ts';
import { publishedFeed } from '../../core/catalog/browse/feature.ts';
import { parseConfig } from '../../core/config.ts';
import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { createListener } from '../../core/http/listener.ts';
import { createLogger } from '../../core/log.ts';
import type { PluginFactory } from '../../core/plugin/contract.ts';
import { loadClients, loadHouse } from '../../core/sample/load-house.ts';
import { businessDate } from '../../core/time/business-day.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { publishFunds } from '../support/published-funds.ts';
import { LIST_CLIENTS, listBody } from './list-question.ts';

/*
 * The platform as it runs, on its embedded database in a process of its own, with the sample's clients and as many
 * funds as asked for; and the ceiling: a route of the same app that writes an answer that stood ready. Told `cpu`, it
 * says how much processor time it has used; told `publish`, how long a publication held up everything else.
 */

export interface ToldByListServer {
  readonly port: number;
  readonly token: string;
  /** Length of the answer that the ceiling gives: the median of a sample. */
  readonly bytes: number;
}

const products = Number(process.argv[2]);
let ready: Buffer = Buffer.alloc(0);

const ceiling: PluginFactory = () => ({
  name: 'ceiling',
  version: '1.0.0',
  requires: {},
  routes: [
    {
      method: 'post',
      path: '/ceiling',
      access: 'catalog.browse',
      handle: (_request, response) => {
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        response.setHeader('Content-Length', ready.length);
        response.end(ready);
        return Promise.resolve();
      },
    },
  ],
});

const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));

const engine = await launchEmbedded({ dataFolder: join(folder, 'database') });
const app = await start();
const port = await listen(app);
const { token } = app.demoSignIns!.apiClients.find(({ channel }) => channel === 'APP')!;
ready = await answerOfTypicalLength();
const told: ToldByListServer = { port, token, bytes: ready.length };
process.send!(told);
process.on('message', (order: 'cpu' | 'publish') => {
  if (order === 'cpu') process.send!({ cpu: process.cpuUsage() });
  else void publishOne().then((blockedMs) => process.send!({ blockedMs }));
});
process.on('disconnect', () => void leave());

async function leave(): Promise<void> {
  await app.stop();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

async function start(): Promise<App> {
  const config = parseConfig({ TESSERA_DATA: folder, PORT: '0', TESSERA_SAMPLE: '0', LOG_LEVEL: 'warn' });
  const uri = new URL(engine.uri);
  uri.pathname = '/tessera';
  const started = await startApp({
    config,
    databaseUri: uri.toString(),
    plugins: [...installedPlugins, ceiling],
    logger: createLogger(config.logLevel),
  });
  const host = started.hosts.core;
  const loadedOn = businessDate(host.clock.now());
  await loadHouse(host, loadedOn);
  await loadClients(host, loadedOn, () => undefined);
  await published(started, await publishFunds(started, { seed: 5, count: products, at: host.clock.now() }));
  return started;
}

/** Waits until this process holds a publication. */
async function published({ hosts }: App, seq: number): Promise<void> {
  const { feed } = hosts.core.service(publishedFeed);
  const deadline = Date.now() + 300_000;
  while (feed.catalog.seq < seq) {
    if (Date.now() > deadline) throw new Error(`Publication ${seq} never reached the lists.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listen({ http }: App): Promise<number> {
  const { server, answerBy } = createListener();
  answerBy(http);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask(client: number): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: listBody(client),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200 || answer.includes('"errors"'))
    throw new Error(`The list does not answer: ${answer.toString().slice(0, 500)}`);
  return answer;
}

/** The answer whose length is the median of those to a sample of clients. */
async function answerOfTypicalLength(): Promise<Buffer> {
  const answers: Buffer[] = [];
  for (let client = 0; client < LIST_CLIENTS; client += LIST_CLIENTS / 50 + 1)
    answers.push(await ask(client));
  return answers.sort((a, b) => a.length - b.length)[answers.length >> 1]!;
}

/** Publishes one product anew, asks the first lists behind it, and tells the longest time that nothing else could run. */
async function publishOne(): Promise<number> {
  const host = app.hosts.core;
  const seq = host.service(publishedFeed).feed.catalog.seq + 1;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await host.model(CATALOG.products).updateOne({ _id: 'fund-7' as never }, { $set: { seq } });
  await host.model(CATALOG.sequence).updateOne({ _id: 'catalog' as never }, { $set: { seq } });
  await published(app, seq);
  for (let client = 0; client < 10; client++) await ask(client);
  delay.disable();
  return delay.max / 1e6;
}
