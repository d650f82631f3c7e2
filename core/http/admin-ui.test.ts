import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { adminUi } from './admin-ui.ts';

describe('the admin UI over HTTP', () => {
  let folder: string;
  const ask = (path: string) => supertest(express().use('/admin', adminUi(folder))).get(path);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tessera-admin-ui-'));
    writeFileSync(join(folder, 'index.html'), '<meta nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__">');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('each answer has a nonce of its own, the same in the policy and in the page', async () => {
    const answers = [await ask('/admin/'), await ask('/admin/')];
    const nonces = answers.map(({ headers, text }) => {
      const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? 'none';
      expect(text).toBe(`<meta nonce="${nonce}"><link nonce="${nonce}">`);
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('the policy allows no inline script, no inline style and no eval', async () => {
    const { headers } = await ask('/admin/');
    expect(headers['content-security-policy']).not.toMatch(/unsafe/);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('a deep link is answered with the page', async () => {
    const { status, text } = await ask('/admin/system/explorer?example=home-shelf');
    expect([status, text]).toEqual([200, expect.stringContaining('<meta')]);
  });

  test('a file that is not in the build is not answered with the page', async () => {
    const { status, text } = await ask('/admin/assets/gone.js');
    expect([status, text]).toEqual([404, expect.not.stringContaining('nonce')]);
  });
});
