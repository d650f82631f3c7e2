import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { program, type Need } from './needs.ts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The installed browser: what TESSERA_CHROMIUM names, else the first of its usual names on the PATH. */
export function chromiumProgram(): Need & { readonly path: string | undefined } {
  const named = process.env.TESSERA_CHROMIUM;
  const path = named ?? PROGRAMS.map((name) => program(name).path).find((found) => found !== undefined);
  return { name: 'Chromium', present: path !== undefined && existsSync(path), path };
}

/** Starts the installed browser with a fresh profile of its own, which goes when it is closed. */
export async function launchChromium(): Promise<Browser> {
  const { path } = chromiumProgram();
  if (path === undefined) throw new Error('There is no Chromium on this machine; set TESSERA_CHROMIUM.');
  return await chromium.launch({ executablePath: path, headless: true, args: [...ARGUMENTS] });
}

/** Nothing that reaches out by itself, and what a container without a display and a sandbox needs. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
