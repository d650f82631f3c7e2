import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemActor } from '../../core/access/actor.ts';
import { accessService } from '../../core/access/service.ts';
import type { ImportReport } from '../../core/plugin/contract.ts';
import { startPlatform, type PlatformOptions, type TestPlatform } from './platform.ts';

/** What a bulk command answers. */
export interface Bulk {
  readonly done: number;
  readonly refusedCount: number;
  readonly approvals: readonly string[];
  readonly refused: readonly {
    readonly code: string;
    readonly reasons: readonly { readonly code: string; readonly text: { readonly zh: string } }[];
  }[];
}

const BULK = '{ done refusedCount approvals refused(first: 100) { code reasons { code text { zh } } } }';
const APPROVALS_AT_ONCE_MAX = 500;

export type Decisions = readonly { readonly __typename: string; readonly code?: string }[];

/** A platform with the people who work on it: what they do through its HTTP API, and what its command line does. */
export class House {
  readonly platform: TestPlatform;
  readonly #tokens = new Map<string, Promise<string>>();

  private constructor(platform: TestPlatform) {
    this.platform = platform;
  }

  static async start(options: PlatformOptions = {}): Promise<House> {
    return new House(await startPlatform(options));
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }

  /** Token of the demo account with this role. */
  as(role: string): Promise<string> {
    const known = this.#tokens.get(role) ?? this.platform.signIn(role);
    this.#tokens.set(role, known);
    return known;
  }

  touchpoint(channel: string): string {
    return this.platform.apiClients.find((client) => client.channel === channel)!.token;
  }

  /** A further member of staff; returns their token. */
  async hire(account: string, roles: readonly string[]): Promise<string> {
    const password = 'a long enough password';
    const access = this.platform.app.hosts.core.service(accessService);
    await access.createAccount(systemActor('test'), { account, name: account, password, roles: [...roles] });
    const response = await fetch(`${this.platform.url}/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    return ((await response.json()) as { token: string }).token;
  }

  /** The answer's data; an answer with errors fails. */
  async ask<T>(token: string | Promise<string>, query: string, variables: object = {}): Promise<T> {
    const answer = await this.platform.graphql<T>(await token, query, variables);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  }

  /** The codes of the errors that the question is answered with. */
  async errorCodes(
    token: string | Promise<string>,
    query: string,
    variables: object = {},
  ): Promise<string[]> {
    const { errors = [] } = await this.platform.graphql(await token, query, variables);
    return errors.map(({ extensions }) => extensions.code);
  }

  /** What `npm run import -- NAME FILE` does with a file of this content. */
  async importFile(
    name: string,
    content: string | Buffer,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<ImportReport> {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-import-'));
    try {
      const file = join(folder, 'list.csv');
      writeFileSync(file, content);
      return await this.importPath(name, file, dryRun);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  importPath(name: string, file: string, dryRun = false): Promise<ImportReport> {
    const { core, of } = this.platform.app.hosts;
    const importer = core.declared('importers').find((one) => one.name === name)!;
    const actor = systemActor('command-line');
    return importer.run({ file, actor, dryRun, onProgress: () => {} }, of(importer.owner));
  }

  async submit(
    products: object,
    token: string | Promise<string> = this.as('product-manager'),
  ): Promise<Bulk> {
    const query = `mutation ($products: ProductSelection!) { submitProducts(products: $products, reason: "资料齐全") ${BULK} }`;
    return (await this.ask<{ submitProducts: Bulk }>(token, query, { products })).submitProducts;
  }

  async list(products: object, channels: readonly string[]): Promise<Bulk> {
    const query = `mutation ($products: ProductSelection!, $channels: [ChannelWindowsInput!]!) {
      listProducts(products: $products, channels: $channels, reason: "上架销售") ${BULK} }`;
    const variables = { products, channels: channels.map((channel) => ({ channel })) };
    return (await this.ask<{ listProducts: Bulk }>(this.as('product-manager'), query, variables))
      .listProducts;
  }

  async change(command: 'delist' | 'suspend' | 'resume', ids: readonly string[]): Promise<Bulk> {
    const query = `mutation ($ids: [ID!]!) { ${command}Products(products: { ids: $ids }, reason: "测试") ${BULK} }`;
    const data = await this.ask<Record<string, Bulk>>(this.as('product-manager'), query, { ids });
    return data[`${command}Products`]!;
  }

  async decide(
    ids: readonly string[],
    token: string | Promise<string> = this.as('reviewer'),
    decision: 'APPROVE' | 'REJECT' = 'APPROVE',
  ): Promise<Decisions> {
    const query = `mutation ($ids: [ID!]!, $decision: ApprovalIntent!) {
      decideApprovals(ids: $ids, decision: $decision, comment: "已核对") {
        result { __typename ... on Refusal { code } } } }`;
    const decisions: Decisions[number][] = [];
    for (let from = 0; from < ids.length; from += APPROVALS_AT_ONCE_MAX) {
      const { decideApprovals } = await this.ask<{ decideApprovals: { result: Decisions[number] }[] }>(
        token,
        query,
        { ids: ids.slice(from, from + APPROVALS_AT_ONCE_MAX), decision },
      );
      decisions.push(...decideApprovals.map(({ result }) => result));
    }
    return decisions;
  }

  /** Decides, and again as long as too many others change the same records: as the answer asks for. */
  async decideWhenFree(ids: readonly string[]): Promise<Decisions> {
    for (;;) {
      const decisions = await this.decide(ids);
      if (!decisions.some(({ code }) => code === 'BUSY')) return decisions;
    }
  }

  /** Decides and fails unless everything was approved. */
  async approve(ids: readonly string[]): Promise<void> {
    const refused = (await this.decide(ids)).filter(({ __typename }) => __typename !== 'Approval');
    if (refused.length > 0) throw new Error(`Not approved: ${JSON.stringify(refused)}`);
  }

  async proposeMoves(codes: readonly string[], to: string, reason = '投研决议'): Promise<ProposedMoves> {
    const query = `mutation ($input: FundMovesInput!) { proposeFundMoves(input: $input) {
      __typename ... on FundMovesProposed { approvalId } ... on FundMovesRefused { code reasons { code path } } } }`;
    const input = { codes, to, reason };
    return (await this.ask<{ proposeFundMoves: ProposedMoves }>(this.as('product-manager'), query, { input }))
      .proposeFundMoves;
  }

  /** Moves funds by two people. */
  async move(codes: readonly string[], to: string): Promise<void> {
    const { approvalId } = await this.proposeMoves(codes, to);
    if (approvalId === undefined) throw new Error(`${codes.join(', ')} cannot move to ${to}.`);
    await this.approve([approvalId]);
  }

  /** A product as staff see it. */
  async product(code: string): Promise<StaffProduct> {
    const query = `query ($code: String!) { product(code: $code) {
      id sale saleBecause { code } review blocks { scope owner } newestVersion { no attributes } } }`;
    return (await this.ask<{ product: StaffProduct }>(this.as('auditor'), query, { code })).product;
  }
}

export interface ProposedMoves {
  readonly __typename: 'FundMovesProposed' | 'FundMovesRefused';
  readonly approvalId?: string;
  readonly reasons?: readonly { readonly code: string; readonly path: string }[];
}

export interface StaffProduct {
  readonly id: string;
  readonly sale: string;
  readonly saleBecause: { readonly code: string } | null;
  readonly review: string;
  readonly blocks: readonly { readonly scope: string; readonly owner: string }[];
  readonly newestVersion: { readonly no: number; readonly attributes: Readonly<Record<string, unknown>> };
}
