import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Host } from '../../core/plugin/contract.ts';
import type { UsedPermit } from '../../core/plugin/gateway.ts';
import { consoleGateway } from './gateway.ts';

test('the console gateway logs our id, the masked number and the parts, and nothing else of the message', async () => {
  let logged = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      logged += chunk.toString();
      done();
    },
  });
  const host = { logger: pino(stream) } as unknown as Host;
  const permit = { messageId: 'm1', purpose: 'SERVICE', to: '13912340001', toMasked: '139****0001' };
  const outcome = await consoleGateway.send(permit as UsedPermit, '【澄湖证券】王小宁您好', host);
  expect(outcome).toBe('ACCEPTED');
  expect(JSON.parse(logged)).toMatchObject({
    messageId: 'm1',
    to: '139****0001',
    encoding: 'UCS_2',
    parts: 1,
  });
  expect(logged).not.toMatch(/13912340001|12340001|王小宁/);
});
