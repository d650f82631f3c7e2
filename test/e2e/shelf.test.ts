import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sampleService } from '../../core/sample/loader.ts';
import { chromiumProgram, launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { describeWith } from '../support/needs.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { keepPicture, looks, seriousFindings, signIn, visit } from './page.ts';

const PAGE = '/admin/system/explorer';

interface Shelf {
  readonly browseProducts: { readonly totalCount: number };
}

describeWith([chromiumProgram()], 'the home shelf in the explorer', () => {
  let platform: TestPlatform;
  let browser: Browser;
  const anyone = () => {
    const [first] = platform.signIns;
    if (!first) throw new Error('the platform of this test has no demo sign-in');
    return first;
  };

  beforeAll(async () => {
    platform = await startPlatform();
    await platform.app.hosts.core.service(sampleService).load();
    const touchpoint = platform.apiClients.find(({ channel }) => channel === 'APP');
    await eventually('the sample products are listed', async () => {
      const { data } = await platform.graphql<Shelf>(
        touchpoint!.token,
        '{ browseProducts(channel: APP, first: 1) { totalCount } }',
      );
      return data.browseProducts.totalCount > 0;
    });
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

  test.each(looks)(
    'in %s and %s the shelf keeps nobody out, as text and as table',
    async (locale, scheme) => {
      const { page, complaints, close } = await visit(browser, { locale, scheme });
      await opened(page);
      await page.keyboard.press('Control+Enter');
      await verdict(page, 'ok').waitFor();
      await keepPicture(page, `shelf-${locale}-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      await page.locator('.explorer-answer-foot button').click();
      await keepPicture(page, `shelf-table-${locale}-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );
});
