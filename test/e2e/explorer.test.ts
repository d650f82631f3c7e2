import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { fromRoot } from '../../core/paths.ts';
import { sampleClients, type ClientsData } from '../../core/sample/clients.ts';
import { customerService } from '../../core/customer/service.ts';
import { systemActor } from '../../core/access/actor.ts';
import { chromiumProgram, launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { keepPicture, looks, seriousFindings, signIn, visit } from './page.ts';

const ROUTE_BYTES_MAX = 300 * 1000;
const PAGE = '/admin/system/explorer?example=customer';

describeWith([chromiumProgram()], 'the GraphQL explorer in a browser', () => {
  let platform: TestPlatform;
  let browser: Browser;
  const anyone = () => {
    const first = platform.signIns.find(({ role }) => role === 'auditor');
    if (!first) throw new Error('the platform of this test has no demo sign-in');
    return first;
  };

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPersonas(platform);
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

  async function typeVariables(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Variables' }).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(text);
  }

  test('one key chord runs the query for the chosen client, masked, and counts what it used', async () => {
    const { page, complaints, close } = await visit(browser);
    await opened(page);
    await page.locator('.explorer-personas button').nth(1).click();
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    const answer = await page.locator('.explorer-answer .cm-content').innerText();
    expect(answer).toContain(await page.locator('.explorer-persona-number').nth(1).innerText());
    expect(answer).toContain(await page.locator('.explorer-persona-name').nth(1).innerText());
    expect(await page.locator('.explorer-limits dl > div').first().innerText()).toMatch(/Depth\s+[1-9]/);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a touchpoint is refused what only staff may read', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.getByRole('combobox', { name: 'Touchpoint' }).click();
    await page.locator('.ant-select-item-option').first().click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await verdict(page, 'refused').waitFor();
    expect(await page.locator('.explorer-answer .cm-content').innerText()).toContain('FORBIDDEN');
    await close();
  });

  test('variables that are not JSON are not sent; a page beyond the limit is refused by the platform', async () => {
    const { page, close } = await visit(browser);
    await opened(page);
    await page.getByRole('tab', { name: 'Approvals' }).click();
    await typeVariables(page, '{ "first": ');
    await page.keyboard.press('Control+Enter');
    expect(await page.getByRole('alert').innerText()).toMatch(/nothing was run/);
    await typeVariables(page, '{ "first": 101 }');
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

  test.each(looks)('in %s and %s nothing keeps anyone out: axe, policy, width', async (locale, scheme) => {
    const { page, complaints, close } = await visit(browser, { locale, scheme });
    await page.goto(platform.url + PAGE);
    await signIn(page, anyone());
    await page.locator('.explorer-docs-rows').waitFor();
    await keepPicture(page, `explorer-empty-${locale}-${scheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await verdict(page, 'ok').waitFor();
    await keepPicture(page, `explorer-${locale}-${scheme}`);
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

/** The ten example clients of the sample firm; the page begins with the first of them. */
async function loadPersonas(platform: TestPlatform): Promise<void> {
  const data = JSON.parse(readFileSync(fromRoot('data', 'clients.json'), 'utf8')) as ClientsData;
  const personas = sampleClients(data, ['/lakeside'], '2026-11-24').slice(0, data.personas.length);
  await platform.app.hosts.core.service(customerService).upsert(systemActor('browser test'), personas);
}
