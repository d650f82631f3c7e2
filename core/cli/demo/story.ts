import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromRoot } from '../../paths.ts';
import { DEMO_CLIENTS } from './clients.ts';
import * as ask from './questions.ts';
import type { BrowseAnswer, Bulk } from './questions.ts';
import { check, runCommand, type Caller, type Stage } from './stage.ts';

/** Who takes part, and where the data is. */
export interface Cast {
  readonly stage: Stage;
  readonly manager: Caller;
  readonly reviewer: Caller;
  /** The app, on the first process and on a second one that shares its database. */
  readonly app: Caller;
  readonly appElsewhere: Caller;
  readonly environment: Readonly<Record<string, string>>;
  readonly clientFile: string;
}

const FUNDS = fromRoot('data', 'demo', 'funds.csv');
const FORBIDDEN_FUND = '900007';
const DELISTED_FUND = '900004';
const DEADLINE_MS = 5000;

/** The thread of the first release: from files of funds and clients to what a touchpoint may show, and away again. */
export async function tellStory(cast: Cast): Promise<void> {
  await importFiles(cast);
  await submitAndApprove(cast);
  await list(cast);
  await browse(cast);
  await explain(cast);
  await forbid(cast);
  await delist(cast);
  await changePolicy(cast);
  await verifyTrace(cast);
}

async function importFiles({ stage, environment, clientFile }: Cast): Promise<void> {
  stage.step('A file of funds and a file of clients come in, beside the running platform');
  stage.tell('npm run import -- funds data/demo/funds.csv');
  const refused = await runCommand('import', ['funds', FUNDS], environment);
  for (const line of refused.lines) stage.tell(`  ${line}`);
  check(
    refused.code === 2 && refused.lines.some((line) => line.includes(' 0 created')),
    'The import should have told of the one wrong row, and created nothing.',
  );
  const corrected = join(dirname(clientFile), 'funds-corrected.csv');
  writeFileSync(corrected, readFileSync(FUNDS, 'utf8').replace(/^90012,.*\n?/m, ''));
  stage.tell('Without the row that is wrong: npm run import -- funds funds-corrected.csv');
  const funds = await runCommand('import', ['funds', corrected], environment);
  for (const line of funds.lines) stage.tell(`  ${line}`);
  check(
    funds.code === 0 && funds.lines.some((line) => line.includes('11 created')),
    'Eleven funds should have been created.',
  );
  const again = await runCommand('import', ['funds', corrected], environment);
  check(
    again.lines.some((line) => line.includes('11 unchanged')),
    'A second import should have changed nothing.',
  );
  stage.tell('The same file once more: nothing changes.');
  stage.tell('npm run import -- customers clients.csv');
  const clients = await runCommand('import', ['customers', clientFile], environment);
  for (const line of clients.lines) stage.tell(`  ${line}`);
  check(clients.code === 0, 'The clients should have been imported.');
}

async function submitAndApprove({ stage, manager, reviewer, app }: Cast): Promise<void> {
  stage.step('A product manager submits the drafts; touchpoints see nothing yet');
  const { submitProducts } = await manager.ask<{ submitProducts: Bulk }>(ask.SUBMIT, {
    reason: 'First funds of the house',
  });
  stage.tell(`${submitProducts.done} submitted, ${submitProducts.refusedCount} refused:`);
  for (const { code, reasons } of submitProducts.refused)
    stage.tell(`  ${code}: ${reasons.map(({ text }) => `${text.zh} ${text.en}`).join(' ')}`);
  check(
    submitProducts.done === 10 && submitProducts.refusedCount === 1,
    'Ten complete drafts and one without a rating were expected.',
  );
  check((await count(app)) === 0, 'Nothing should be visible before it is listed.');

  stage.step('The one who proposes is never the one who approves');
  const refusal = await manager.refused(ask.DECIDE, { ids: submitProducts.approvals, decision: 'APPROVE' });
  stage.tell(`The product manager tries to approve it herself: ${refusal}`);
  await approve(reviewer, submitProducts.approvals);
  stage.tell('A reviewer approves: versions, prices and ratings are signed by two people.');
}

async function list({ stage, manager, reviewer, app }: Cast): Promise<void> {
  stage.step('Listed in bulk on the app and the website, by two people');
  const variables = { from: new Date(Date.now() - 60_000).toISOString(), reason: 'Fund market opens' };
  const { listProducts } = await manager.ask<{ listProducts: Bulk }>(ask.LIST, variables);
  check(listProducts.done === 10, 'Ten products should have been proposed for listing.');
  check((await count(app)) === 0, 'A proposal alone must not list anything.');
  await approve(reviewer, listProducts.approvals);
  await until('the app shows ten products', async () => (await count(app)) === 10);
  stage.tell('10 products are visible on the app.');
}

async function browse({ stage, app }: Cast): Promise<void> {
  stage.step('The app asks what each client may see: price, rating, outcome and reason');
  for (const { customerNo, story } of DEMO_CLIENTS) {
    const { browseProducts } = await app.ask<BrowseAnswer>(ask.BROWSE, { customerNo });
    stage.tell(`${customerNo} (${story}), ${browseProducts.totalCount} products`);
    check(
      browseProducts.edges.length === 10,
      'Each client sees the ten public products, with an outcome each.',
    );
    stage.table(
      browseProducts.edges.slice(0, 4).map(({ node }) => {
        const { outcome, reasons } = node.suitability!;
        const reason = reasons.find((one) => one.outcome === outcome) ?? reasons[0]!;
        return [
          '  ',
          node.product.code,
          node.product.name.zh,
          node.product.riskRating!.level,
          price(node.price),
          outcome,
          reason.text.zh,
        ];
      }),
    );
  }
  const outcomes = new Set<string>();
  for (const { customerNo } of DEMO_CLIENTS)
    for (const { node } of (await app.ask<BrowseAnswer>(ask.BROWSE, { customerNo })).browseProducts.edges)
      outcomes.add(node.suitability!.outcome);
  check(
    [...outcomes].sort().join() === 'EXPIRED,FORBIDDEN,INCOMPLETE,MATCH,WARN_REQUIRED',
    `All five outcomes were expected, not ${[...outcomes].join()}.`,
  );
}

async function explain({ stage, app }: Cast): Promise<void> {
  stage.step('Every price and outcome says why');
  type Lines = { lines: readonly { zh: string; en: string }[] };
  const why = await app.ask<{ explainPrice: Lines; explainOutcome: Lines }>(ask.EXPLAIN, {
    code: '900004',
    customerNo: '70000002',
  });
  for (const { zh, en } of [...why.explainPrice.lines, ...why.explainOutcome.lines])
    stage.tell(`  ${zh} | ${en}`);
  check(why.explainOutcome.lines.length > 1, 'An explanation has a line per dimension.');
}

async function forbid({ stage, manager, reviewer, app }: Cast): Promise<void> {
  stage.step('A fund goes into the forbidden pool, by two people: it is gone, and cannot be listed');
  const { proposeFundMoves } = await manager.ask<{ proposeFundMoves: { approvalId: string } }>(ask.FORBID, {
    code: FORBIDDEN_FUND,
    reason: 'Manager under investigation',
  });
  await approve(reviewer, [proposeFundMoves.approvalId]);
  await until('the forbidden fund is gone', async () => (await count(app)) === 9);
  const { product } = await manager.ask<{ product: { id: string } }>(ask.FIND, { code: FORBIDDEN_FUND });
  const { resumeProducts } = await manager.ask<{ resumeProducts: Bulk }>(ask.RESUME, {
    id: product.id,
    reason: 'Try anyway',
  });
  check(resumeProducts.done === 0, 'A forbidden fund must not come back.');
  stage.tell(
    `Trying to put it back on sale: ${resumeProducts.refused[0]!.reasons.map(({ text }) => `${text.zh} ${text.en}`).join(' ')}`,
  );
}

async function delist({ stage, manager, app, appElsewhere }: Cast): Promise<void> {
  stage.step('Delisting takes a product away on every process within a second');
  await until('the second process shows the same nine', async () => (await count(appElsewhere)) === 9);
  const { product } = await manager.ask<{ product: { id: string } }>(ask.FIND, { code: DELISTED_FUND });
  const started = performance.now();
  const { delistProducts } = await manager.ask<{ delistProducts: Bulk }>(ask.DELIST, {
    id: product.id,
    reason: 'Fund closes',
  });
  check(delistProducts.done === 1, 'The product should have been delisted.');
  await until(
    'both processes have let it go',
    async () => (await count(app)) === 8 && (await count(appElsewhere)) === 8,
  );
  stage.tell(
    `Gone on both processes ${Math.round(performance.now() - started)} ms after the request was sent.`,
  );
}

interface Pack {
  readonly matrix: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

async function changePolicy({ stage, manager, reviewer, app }: Cast): Promise<void> {
  stage.step(
    'One cell of the suitability matrix is changed by two people: the next answer follows, without a restart',
  );
  const { ruleKinds } = await manager.ask<{ ruleKinds: { kind: string; version: string; data: Pack }[] }>(
    ask.POLICY,
  );
  const policy = ruleKinds.find(({ kind }) => kind === 'suitability-policy')!;
  const { matrix } = policy.data;
  const stricter = Object.fromEntries(['R3', 'R4', 'R5'].map((level) => [level, 'FORBIDDEN']));
  const data = { ...policy.data, matrix: { ...matrix, C2: { ...matrix.C2, ...stricter } } };
  const { proposeRule } = await manager.ask<{ proposeRule: { approvalId: string; version: string } }>(
    ask.PROPOSE_POLICY,
    {
      data,
      reason: 'C2 clients are no longer sold R3 and above',
    },
  );
  const before = await outcomeOf(app, '70000002', '900010');
  await approve(reviewer, [proposeRule.approvalId]);
  await until(
    'the new policy decides',
    async () => (await outcomeOf(app, '70000002', '900010')) === 'FORBIDDEN',
  );
  stage.tell(
    `900010 for client 70000002: ${before} by ${policy.version}, FORBIDDEN by ${proposeRule.version}.`,
  );
}

async function verifyTrace({ stage, environment }: Cast): Promise<void> {
  stage.step('Everything that was done is in the trace, sealed and chained');
  stage.tell('npm run trace:verify');
  await until(
    'the trace verifies',
    async () => (await runCommand('trace-verify', [], environment)).code === 0,
  );
  const { lines } = await runCommand('trace-verify', [], environment);
  for (const line of lines.slice(-2)) stage.tell(`  ${line}`);
}

async function approve(reviewer: Caller, ids: readonly string[]): Promise<void> {
  type Decided = { decideApprovals: { result: { __typename: string; message?: { en: string } } }[] };
  const { decideApprovals } = await reviewer.ask<Decided>(ask.DECIDE, { ids, decision: 'APPROVE' });
  for (const { result } of decideApprovals)
    check(
      result.__typename === 'Approval',
      `Approving was refused: ${result.message?.en ?? result.__typename}`,
    );
}

async function count(app: Caller): Promise<number> {
  return (await app.ask<BrowseAnswer>(ask.COUNT)).browseProducts.totalCount;
}

async function outcomeOf(app: Caller, customerNo: string, code: string): Promise<string | undefined> {
  const { browseProducts } = await app.ask<BrowseAnswer>(ask.BROWSE, { customerNo });
  return browseProducts.edges.find(({ node }) => node.product.code === code)?.node.suitability?.outcome;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    check(Date.now() < giveUpAt, `Waited ${DEADLINE_MS / 1000} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function price({
  amountMinor,
  currency,
  free,
  reason,
}: {
  amountMinor?: number;
  currency?: string;
  free?: boolean;
  reason?: string;
}): string {
  if (free) return '免费';
  return reason ?? (currency === 'POINTS' ? `${amountMinor} 分` : `¥${(amountMinor! / 100).toFixed(2)}`);
}
