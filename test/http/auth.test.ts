import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCESS } from '../../core/access/records.ts';
import { ManualClock } from '../../core/time/clock.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

const MINUTE_MS = 60_000;
const clock = new ManualClock(new Date());
let here: TestPlatform;
let beside: TestPlatform;

beforeAll(async () => {
  here = await startPlatform({ clock });
  beside = await startPlatform({ clock, beside: here });
});
afterAll(async () => {
  await beside.stop();
  await here.stop();
});

describe('signing in', () => {
  test('gives a token that says who calls and what they may do', async () => {
    const token = await here.signIn('reviewer');
    const answer = await me(here, token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({
      actor: { kind: 'staff', name: '周明澈', roles: ['reviewer'] },
    });
  });

  test('tells an unknown account from a wrong password neither by its answer nor by its time', async () => {
    const known = here.signIns[0]!.account;
    const answers = { known: [] as number[], unknown: [] as number[] };
    const texts = new Set<string>();
    for (let i = 0; i < 4; i++)
      for (const [kind, account] of [
        ['known', known],
        ['unknown', `nobody-${i}`],
      ] as const) {
        const started = performance.now();
        const answer = await signIn(here, account, 'wrong password');
        answers[kind].push(performance.now() - started);
        texts.add(JSON.stringify({ status: answer.status, ...withoutRequestId(await answer.json()) }));
      }
    expect([...texts]).toEqual([expect.stringContaining('"code":"SIGN_IN_REFUSED"')]);
    // The least of several: what the machine does beside only adds. Without a password to compare it is a fiftieth.
    expect(Math.min(...answers.unknown)).toBeGreaterThan(Math.min(...answers.known) / 4);
  });

  test('pauses an account after ten failures, even ones sent at once, and says for how long', async () => {
    const { account, password } = here.signIns.find(({ role }) => role === 'auditor')!;
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(here, account, 'a wrong one')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), 429, 429]);
    const paused = await signIn(here, account, password);
    expect(paused.status).toBe(429);
    expect(paused.headers.get('retry-after')).toBe('60');
    expect(await paused.json()).toMatchObject({ code: 'SIGN_IN_PAUSED' });
    clock.advance(MINUTE_MS);
    expect((await signIn(here, account, password)).status).toBe(200);
  });

  test('is refused where the body is something else', async () => {
    for (const body of [
      {},
      { account: 1, password: 'x' },
      { account: { $ne: null }, password: { $ne: null } },
      [],
    ])
      expect((await post(here, '/auth/sign-in', body)).status).toBe(400);
    const long = { account: 'x'.repeat(101), password: 'x' };
    expect((await post(here, '/auth/sign-in', long)).status).toBe(400);
  });
});

describe('a session', () => {
  test('ends after 15 minutes without use', async () => {
    const token = await here.signIn('reviewer');
    clock.advance(14 * MINUTE_MS);
    expect((await me(here, token)).status).toBe(200);
    clock.advance(14 * MINUTE_MS);
    expect((await me(here, token)).status).toBe(200);
    clock.advance(15 * MINUTE_MS);
    expect((await me(here, token)).status).toBe(401);
  });

  test('ends after eight hours however much it is used', async () => {
    const token = await here.signIn('reviewer');
    for (let minutes = 14; minutes < 480; minutes += 14) {
      clock.advance(14 * MINUTE_MS);
      expect((await me(here, token)).status).toBe(200);
    }
    clock.advance(4 * MINUTE_MS);
    expect((await me(here, token)).status).toBe(401);
  });

  test('that signs out ends here at once and on other processes within a second', async () => {
    const token = await here.signIn('reviewer');
    expect((await me(here, token)).status).toBe(200);
    expect((await me(beside, token)).status).toBe(200);
    expect((await post(here, '/auth/sign-out', undefined, token)).status).toBe(204);
    expect((await me(here, token)).status).toBe(401);
    clock.advance(1000);
    expect((await me(beside, token)).status).toBe(401);
    expect((await post(here, '/auth/sign-out', undefined, token)).status).toBe(401);
  });

  test('ends with its account', async () => {
    const { account, password } = here.signIns.find(({ role }) => role === 'product-manager')!;
    const token = await here.signIn('product-manager');
    await disable(ACCESS.accounts, { account }, true);
    clock.advance(1000);
    expect((await me(here, token)).status).toBe(401);
    const refused = await signIn(here, account, password);
    expect([refused.status, await refused.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'SIGN_IN_REFUSED' }),
    ]);
    await disable(ACCESS.accounts, { account }, false);
  });

  test('is kept by the hash of its token only', async () => {
    const token = await here.signIn('reviewer');
    const sessions = await here.app.database.model(ACCESS.sessions).find().lean();
    expect(sessions.length).toBeGreaterThan(0);
    expect(JSON.stringify(sessions)).not.toContain(token);
  });
});

describe('an API client', () => {
  test('calls with its token, which does not end by itself', async () => {
    const { token, name } = here.apiClients[0]!;
    clock.advance(24 * 60 * MINUTE_MS);
    expect(await (await me(here, token)).json()).toMatchObject({ actor: { kind: 'api-client', name } });
  });

  test('is refused once it is disabled', async () => {
    const { token, name } = here.apiClients[1]!;
    expect((await me(here, token)).status).toBe(200);
    await disable(ACCESS.apiClients, { name }, true);
    clock.advance(1000);
    expect((await me(here, token)).status).toBe(401);
  });
});

describe('a token', () => {
  test.each([
    ['is absent', undefined],
    ['is empty', 'Bearer '],
    ['is unknown', 'Bearer not-a-token-of-anybody'],
    ['comes by another scheme', 'Basic dXNlcjpwYXNz'],
    ['has a space in it', 'Bearer a b'],
    ['is two', 'Bearer a, Bearer b'],
  ])('that %s is refused, and the answer says how to come', async (_title, authorization) => {
    const answer = await fetch(`${here.url}/auth/me`, { headers: authorization ? { authorization } : {} });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('is not taken from the address', async () => {
    const { token } = here.apiClients[0]!;
    expect((await fetch(`${here.url}/auth/me?access_token=${token}&token=${token}`)).status).toBe(401);
  });
});

function me(platform: TestPlatform, token: string): Promise<Response> {
  return fetch(`${platform.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
}

function signIn(platform: TestPlatform, account: string, password: string): Promise<Response> {
  return post(platform, '/auth/sign-in', { account, password });
}

function post(platform: TestPlatform, path: string, body?: unknown, token?: string): Promise<Response> {
  return fetch(`${platform.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function disable(collection: string, which: Record<string, unknown>, disabled: boolean): Promise<void> {
  await here.app.database.model(collection).updateOne(which, { $set: { disabled } });
}

function withoutRequestId(body: unknown): object {
  const { requestId: _, ...rest } = body as Record<string, unknown>;
  return rest;
}
