import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumProgram, launchChromium } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { startPlatform } from '../support/platform.ts';
import { keepPicture, looks, seriousFindings, signIn, visit } from './page.ts';

describeWith([chromiumProgram()], 'the shell of the admin UI in a browser', () => {
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

  test('a deep link asks for a sign-in first and then leads where it points', async () => {
    const { page, complaints, close } = await visit(browser);
    await page.goto(`${platform.url}/admin/system/explorer?example=home-shelf`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, anyone());
    await page.getByRole('link', { name: 'Touchpoints & API' }).waitFor();
    expect(page.url()).toBe(`${platform.url}/admin/system/explorer?example=home-shelf`);
    await page.reload();
    await page.getByRole('link', { name: 'Touchpoints & API' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a wrong password is refused in words with its code, and signing out ends the session', async () => {
    const { page, close } = await visit(browser);
    await page.goto(`${platform.url}/admin/`);
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

  test('a form that is not filled in says what is missing, and asks nobody', async () => {
    const { page, close } = await visit(browser);
    await page.goto(`${platform.url}/admin/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your account.').waitFor();
    await page.getByText('Enter your password.').waitFor();
    await close();
  });

  test('language and theme can be chosen and stay chosen', async () => {
    const { page, close } = await visit(browser);
    await page.goto(`${platform.url}/admin/`);
    await page.getByRole('button', { name: /Language/ }).click();
    await page.getByRole('menuitem', { name: '中文' }).click();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    await page.getByRole('button', { name: '外观' }).click();
    await page.getByRole('menuitem', { name: '深色' }).click();
    await page.reload();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await close();
  });

  test.each(looks)(
    'in %s and %s axe finds nothing serious and the policy is kept',
    async (locale, scheme) => {
      const { page, complaints, close } = await visit(browser, { locale, scheme });
      await page.goto(`${platform.url}/admin/nowhere`);
      await page.locator('form').waitFor();
      await keepPicture(page, `sign-in-${locale}-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      await signIn(page, anyone());
      await page.locator('.state-empty').waitFor();
      await keepPicture(page, `not-found-${locale}-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );
});
