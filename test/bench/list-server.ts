import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { RouteDeclaration } from '../../core/plugin/contract.ts';
import { generatedCatalog } from '../support/generated-catalog.ts';
import { generatedClients } from '../support/generated-clients.ts';
import { createListApp } from '../support/list-app.ts';
import { LIST_CLIENTS, listBody } from './list-question.ts';

/*
 * The list behind three doors of one process: the platform's way, Apollo's default way, and the ceiling: a route of the
 * same app that writes an answer that stood ready. Told `cpu`, it says how much processor time it has used.
 */

const products = Number(process.argv[2]);
const around = new Date();
const clients = generatedClients(11, LIST_CLIENTS, around);
const options = {
  rows: generatedCatalog({ seed: 5, products, around, settled: true }),
  clients,
  now: () => new Date(),
};

let ready: Buffer = Buffer.alloc(0);
const ceiling: RouteDeclaration = {
  method: 'post',
  path: '/ceiling',
  access: 'catalog.browse',
  handle: (_request, response) => {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Length', ready.length);
    response.end(ready);
    return Promise.resolve();
  },
};

const hot = await createListApp({ ...options, routes: [ceiling] });
const apollo = await createListApp({ ...options, hot: false });
const ports = { hot: await listen(hot.http), apollo: await listen(apollo.http) };
ready = await answerOfTypicalLength(ports.hot);
process.send!({ ports, bytes: ready.length, seconds: performance.now() / 1000 });
process.on('message', () => process.send!({ cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));

async function listen(app: Express): Promise<number> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The answer whose length is the median of those to a sample of clients. */
async function answerOfTypicalLength(port: number): Promise<Buffer> {
  const answers: Buffer[] = [];
  for (let client = 0; client < LIST_CLIENTS; client += LIST_CLIENTS / 50) {
    const { headers, body } = listBody(client);
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body });
    const answer = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200 || answer.includes('"errors"'))
      throw new Error(`The list does not answer: ${answer.toString().slice(0, 500)}`);
    answers.push(answer);
  }
  return answers.sort((a, b) => a.length - b.length)[answers.length >> 1]!;
}
