import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { systemActor } from '../../core/access/actor.ts';
import { customerService } from '../../core/customer/service.ts';
import { fromRoot } from '../../core/paths.ts';
import { sampleClients, type ClientsData } from '../../core/sample/clients.ts';
import { ledgerService } from '../../plugins/loyalty/contract.ts';
import { chromiumProgram, launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { keepPicture, looks, seriousFindings, signIn, visit } from './page.ts';

const ROLES = ['product-manager', 'reviewer', 'auditor', 'administrator'];

describeWith([chromiumProgram()], 'the pages of the house in a browser', () => {
  let platform: TestPlatform;
  let browser: Browser;
  let customerNo: string;

  beforeAll(async () => {
    platform = await startPlatform();
    customerNo = await loadClients(platform);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  async function opened(page: Page, role: string, path: string): Promise<void> {
    await page.goto(`${platform.url}/admin${path}`);
    await signIn(
      page,
      platform.signIns.find((one) => one.role === role)!,
    );
    await settled(page);
  }

  test.each(ROLES)('%s opens every page of the navigation, and nothing fails', async (role) => {
    const { page, complaints, close } = await visit(browser);
    const failed: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    });
    await opened(page, role, '/workbench');
    const links = await page.locator('.shell-navigation a').all();
    const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(paths).toContain('/admin/customers');
    for (const path of paths) {
      await page.locator(`.shell-navigation a[href="${path}"]`).click();
      await settled(page);
      expect([path, await page.locator('main [role=alert]').count()]).toEqual([path, 0]);
    }
    expect({ failed, complaints }).toEqual({ failed: [], complaints: [] });
    await close();
  });

  test('the points of a client are explained entry by entry', async () => {
    const { page, complaints, close } = await visit(browser, { locale: 'zh-CN' });
    await opened(page, 'auditor', '/workbench');
    expect(await page.locator('.figure', { hasText: '积分净发出' }).innerText()).toContain('420');
    await page.locator('.shell-navigation').getByRole('link', { name: '客户', exact: true }).click();
    await page.getByRole('link', { name: customerNo, exact: true }).click();
    await page.getByRole('link', { name: '积分', exact: true }).click();
    await page.getByText('共 3 笔，首尾相接').waitFor();
    expect(await page.locator('.points-total').innerText()).toMatch(/^420/);
    await page.getByRole('button', { name: '依据 2', exact: true }).click();
    const why = page.getByRole('dialog');
    expect(await why.getByRole('heading').first().innerText()).toBe('第 2 笔为什么是 +120 分');
    expect(await why.innerText()).toMatch(/welcome/);
    await keepPicture(page, 'points-why-zh-CN-light');
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(looks)('in %s and %s nothing keeps anyone out', async (locale, scheme) => {
    const { page, complaints, close } = await visit(browser, { locale, scheme });
    await opened(page, 'administrator', '/workbench');
    const pages = {
      workbench: '/workbench',
      customers: '/customers',
      customer: `/customers/${customerNo}`,
      points: `/customers/${customerNo}?tab=points`,
      trace: '/trace',
      rules: '/rules',
      pools: '/funds/pools',
      background: '/system/background',
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${platform.url}/admin${path}`);
      await settled(page);
      await keepPicture(page, `${name}-${locale}-${scheme}`);
      expect([name, await seriousFindings(page)]).toEqual([name, []]);
    }
    expect(complaints).toEqual([]);
    await close();
  });
});

/** Waits until the page has its head and nothing of it is still on its way. */
async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main .explorer, main h2').first().waitFor();
  const underWay = page.locator('main .state-loading, main .rows-skeleton, main .figure-skeleton');
  await underWay.first().waitFor({ state: 'detached' });
}

/** Ten clients; the first has earned twice and holds points for a redemption. */
async function loadClients(platform: TestPlatform): Promise<string> {
  const { core, of } = platform.app.hosts;
  const actor = systemActor('browser test');
  const data = JSON.parse(readFileSync(fromRoot('data', 'clients.json'), 'utf8')) as ClientsData;
  const clients = sampleClients(data, ['/lakeside'], '2026-11-24').slice(0, 10);
  await core.service(customerService).upsert(actor, clients);
  const { customerNo } = clients[0]!;
  const { id: partyId } = (await core.service(customerService).view(customerNo, core.clock.now()))!;
  const ledger = of('loyalty').service(ledgerService);
  const cause = { type: 'policy', id: 'welcome', ruleId: 'welcome', ruleVersion: 1 };
  await ledger.earn({ actor, key: 'first' }, { partyId, points: 300, cause });
  await ledger.earn({ actor, key: 'second' }, { partyId, points: 120, cause });
  const held = { partyId, points: 80, redemptionId: 'r1', cause: { type: 'redemption', id: 'r1' } };
  await ledger.reserve({ actor, key: 'held' }, held);
  return customerNo;
}
