import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import express from 'express';
import { createListener } from './listener.ts';

const { server, answerBy } = createListener((_request, response) => response.end('not yet'));
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('the app answers once it is there, with messages whose prototypes nobody had to change', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ask = async () => {
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}/ask?n=1`)).text();
  };
  expect(await ask()).toBe('not yet');

  const born: unknown[] = [];
  server.on('request', (...messages) => born.push(...messages.map((one) => Object.getPrototypeOf(one))));
  const app = express();
  app.set('json spaces', 1);
  const met: unknown[] = [];
  app.get('/ask', (request, response) => {
    met.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    expect(request.app).toBe(app);
    response.json({ asked: request.query.n });
  });
  answerBy(app);
  // The space is a setting of this very app: the response still finds it.
  expect(await ask()).toBe('{\n "asked": "1"\n}');
  expect(met).toEqual(born);
  met.forEach((prototype, index) => expect(prototype).toBe(born[index]));
});
