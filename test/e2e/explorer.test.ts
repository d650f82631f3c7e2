import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { fromRoot } from '../../core/paths.ts';
import { chromiumProgram, launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { startPlatform } from '../support/platform.ts';
import { keepPicture, seriousFindings, signIn, visit, type Locale, type Scheme } from './page.ts';

const ROUTE_BYTES_MAX = 300 * 1000;
const PAGE = '/admin/system/explorer';

describeWith([chromiumProgram()], 'the GraphQL explorer in a browser', () => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let browser: Browser;
  const anyone = () => {
    const [first] = platform.signIns;
    if (!first) throw new Error('the platform of this test has no demo sign-in');
    return first;
  };

  beforeAll(async () => {
    platform = await startPlatform();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  async function opened(page: Page): Promise<void> {
    await page.goto(platform.url + PAGE);
    await signIn(page, anyone());
    await page.locator('.explorer .cm-content').first().waitFor();
  }

  const verdict = (page: Page, kind: string) => page.locator(`.explorer-mark-${kind}`);
  const summary = (page: Page) => page.locator('.explorer-answer-foot p').innerText();

  async function typeVariables(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Variables' }).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(text);
  }

  test('a deep link asks for a sign-in first and then leads where it points', async () => {
    const { page, complaints, close } = await visit(browser);
    await page.goto(`${platform.url}${PAGE}?example=home-shelf`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, anyone());
    await page.getByRole('heading', { name: 'API explorer' }).waitFor();
    expect(page.url()).toBe(`${platform.url}${PAGE}?example=home-shelf`);
    await page.reload();
    await page.getByRole('heading', { name: 'API explorer' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a wrong password is refused in words with its code, and signing out ends the session', async () => {
    const { page, close } = await visit(browser);
    await page.goto(platform.url + PAGE);
    await page.getByLabel('Account').fill(anyone().account);
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').innerText()).toMatch(/password is wrong/);
    await signIn(page, anyone());
    await page.getByRole('button', { name: /My account/ }).click();
    await page.getByText('Sign out').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await close();
  });

  test('one key chord runs the shelf: products, decisions tinted alike, limits in figures', async () => {
    const { page, complaints, close } = await visit(browser);
    await opened(page);
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    expect(await summary(page)).toMatch(/^[1-9]\d* of [\d,]+/);
    expect(await page.locator('.explorer-query .code-tinted').count()).toBeGreaterThan(2);
    expect(await page.locator('.explorer-answer .code-tinted').count()).toBeGreaterThan(2);
    expect(await page.locator('.explorer-limits dl').innerText()).not.toContain('—');
    expect(complaints).toEqual([]);
    await close();
  });

  test('another customer and another touchpoint change what is asked', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    const asked: { customer?: string; channel?: string; token?: string | undefined }[] = [];
    page.on('request', (request) => {
      if (!request.url().endsWith('/graphql') || !request.postData()?.includes('HomeShelf')) return;
      const { variables } = JSON.parse(request.postData() ?? '{}');
      asked.push({ ...variables, token: request.headers()['authorization'] });
    });
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    await page.locator('.explorer-personas button:enabled[aria-pressed=false]').first().click();
    await page.getByRole('combobox', { name: 'Touchpoint' }).click();
    await page.locator('.ant-select-item-option:not(.ant-select-item-option-selected)').first().click();
    const second = page.waitForResponse('**/graphql');
    await page.getByRole('button', { name: /^Run/ }).click();
    await second;
    await verdict(page, 'ok').waitFor();
    const [before, after] = asked;
    expect(after?.customer).not.toBe(before?.customer);
    expect(after?.channel).not.toBe(before?.channel);
    expect(after?.token).not.toBe(before?.token);
    await close();
  });

  test('the list of an answer can be read as a table', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'View as table' }).click();
    const headers = await page.locator('.answer-table th').allInnerTexts();
    expect(headers).toContain('product.code');
    expect(await page.locator('.answer-table tbody tr').count()).toBeGreaterThan(0);
    await close();
  });

  test('variables that are not JSON are not sent; a page beyond the limit is refused by the platform', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await typeVariables(page, '{ "first": ');
    await page.keyboard.press('Control+Enter');
    expect(await page.getByRole('alert').innerText()).toMatch(/nothing was run/);
    const [persona] = await page.locator('.explorer-persona-number').allInnerTexts();
    await typeVariables(page, JSON.stringify({ customer: persona, channel: 'APP', first: 100_000 }));
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'refused').waitFor();
    expect(await page.locator('.explorer-limits [data-over]').innerText()).toMatch(/Page size/);
    await close();
  });

  test('edits survive a reload, and the example can be had back', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.getByRole('textbox', { name: 'Query' }).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.insertText('# mine\n');
    await page.reload();
    await page.getByText('# mine').waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByText('# mine').waitFor({ state: 'detached' });
    await close();
  });

  test('the types can be searched, opened and left again', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.getByRole('button', { name: 'Search types and fields' }).click();
    await page.keyboard.type('viewer');
    await page.locator('.explorer-docs-rows button').first().click();
    expect(await page.locator('.explorer-docs h2').innerText()).toMatch(/Viewer/);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    expect(await page.locator('.explorer-docs h2').innerText()).not.toMatch(/Viewer$/);
    await close();
  });

  test('completion offers the fields of the interface', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.getByRole('textbox', { name: 'Query' }).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('{ view');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'viewer' }).waitFor();
    await close();
  });

  test('what the page loads after the shell stays within its share', async () => {
    const { page, close } = await visit(browser);
    const loaded: string[] = [];
    await page.goto(platform.url + PAGE);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await signIn(page, anyone());
    await page.locator('.explorer .cm-content').first().waitFor();
    const files = loaded.filter((path) => path.startsWith('/admin/assets/'));
    expect(files.length).toBeGreaterThan(0);
    const bytes = files.map(
      (path) => gzipSync(readFileSync(fromRoot('admin-ui', 'dist', path.slice(7)))).length,
    );
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(ROUTE_BYTES_MAX);
    await close();
  });

  const looks: [Locale, Scheme][] = [
    ['zh-CN', 'light'],
    ['zh-CN', 'dark'],
    ['en', 'light'],
    ['en', 'dark'],
  ];
  test.each(looks)('in %s and %s nothing keeps anyone out: axe, policy, width', async (locale, scheme) => {
    const { page, complaints, close } = await visit(browser, { locale, scheme });
    await page.goto(platform.url + PAGE);
    await page.locator('form').waitFor();
    await keepPicture(page, `sign-in-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await signIn(page, anyone());
    await page.locator('.explorer-docs-rows').waitFor();
    await keepPicture(page, `explorer-empty-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    await keepPicture(page, `explorer-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('.explorer-answer-foot button').click();
    await keepPicture(page, `explorer-table-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${platform.url}/admin/nowhere`);
    await page.locator('.state-empty').waitFor();
    await keepPicture(page, `not-found-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([1280, 1024, 820])('at %i px nothing has to be scrolled sideways', async (width) => {
    const { page, close } = await visit(browser, { locale: 'zh-CN', width });
    await opened(page);
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    await keepPicture(page, `explorer-${width}`);
    const overhang = await page.evaluate<number>(
      'Math.max(...[document.documentElement, document.querySelector("main")].map((e) => e.scrollWidth - e.clientWidth))',
    );
    expect(overhang).toBe(0);
    await close();
  });
});
