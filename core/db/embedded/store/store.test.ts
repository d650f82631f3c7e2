import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Store } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'tessera-store-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('writes that share a transaction', () => {
  const key = (n: number): Buffer => Buffer.from([1, n]);
  const one = Buffer.from([1]);

  test('one that throws leaves nothing, and the others are kept in their order', async () => {
    const store = new Store(join(root, 'shared'));
    const order: number[] = [];
    const writes = [0, 1, 2, 3].map((n) =>
      store.write((into) => {
        order.push(n);
        into.put(key(n), one);
        if (n === 2) throw new Error('refused');
        return n;
      }),
    );
    const settled = await Promise.allSettled(writes);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect([0, 1, 2, 3].map((n) => store.latest().get(key(n)) !== undefined)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    await store.close();
  });

  test('each sees what those before it wrote', async () => {
    const store = new Store(join(root, 'seen'));
    const counts = Array.from({ length: 20 }, () =>
      store.write((into) => {
        const count = (into.get(key(0))?.[0] ?? 0) + 1;
        into.put(key(0), Buffer.from([count]));
        return count;
      }),
    );
    expect(await Promise.all(counts)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    await store.close();
  });

  test('on a closed store every one of them fails', async () => {
    const store = new Store(join(root, 'closed'));
    await store.close();
    const writes = [0, 1].map((n) => store.write((into) => into.put(key(n), one)));
    expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
