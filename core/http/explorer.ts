import { readFileSync } from 'node:fs';
import type { DemoSignIns } from '../access/demo.ts';
import type { CustomerView } from '../customer/read.ts';
import type { SchemeRecord } from '../customer/records.ts';
import { customerService } from '../customer/service.ts';
import { LIMITS } from '../graphql/limits.ts';
import { fromRoot } from '../paths.ts';
import type { Host, LocalizedText } from '../plugin/contract.ts';
import { clientNo, type ClientsData } from '../sample/clients.ts';

/** What the explorer page is told of a demo installation: its sign-ins, touchpoints, example clients and limits. */
export interface ExplorerConfig {
  readonly mode: 'demo';
  readonly signIns: DemoSignIns['staff'];
  readonly apiClients: DemoSignIns['apiClients'];
  readonly personas: readonly ExplorerPersona[];
  readonly limits: Readonly<
    Record<'depth' | 'aliases' | 'tokens' | 'cost' | 'pageMax' | 'bodyBytes', number>
  >;
}

export interface ExplorerPersona {
  readonly customerNo: string;
  readonly maskedName: string;
  readonly summary: LocalizedText;
}

const PERSONAS_MAX = 10;

/** Reads the configuration of the explorer. Only for demo mode: it hands out passwords and tokens. */
export async function explorerConfig(host: Host, signIns: DemoSignIns): Promise<ExplorerConfig> {
  if (host.config.mode !== 'demo') throw new Error('The explorer is configured in demo mode only.');
  const { depth, aliases, tokens, cost, pageMax, bodyBytes } = LIMITS;
  return {
    mode: 'demo',
    signIns: signIns.staff,
    apiClients: signIns.apiClients,
    personas: await personas(host),
    limits: { depth, aliases, tokens, cost, pageMax, bodyBytes },
  };
}

/** The first clients by number: where the sample is loaded these are its personas, who reach every outcome. */
async function personas(host: Host): Promise<ExplorerPersona[]> {
  const customers = host.service(customerService);
  const at = host.clock.now();
  const { customers: first } = await customers.search({ first: PERSONAS_MAX }, at);
  const scheme = await customers.scheme(at);
  const shown = personaWords();
  return first.map((view) => ({
    customerNo: view.customerNo,
    maskedName: view.nameMasked,
    summary: joined(tierName(scheme, view), shown.get(view.customerNo) ?? profileWords(view)),
  }));
}

/** What each persona of the sample shows, by client number. */
function personaWords(): ReadonlyMap<string, LocalizedText> {
  const data = JSON.parse(readFileSync(fromRoot('data', 'clients.json'), 'utf8')) as ClientsData;
  return new Map(data.personas.map(({ shows }, index) => [clientNo(index), shows]));
}

function tierName(scheme: SchemeRecord, { tier }: CustomerView): LocalizedText {
  return scheme.tiers.find(({ code }) => code === tier)?.name ?? { zh: tier, en: tier };
}

function profileWords({ riskProfile }: CustomerView): LocalizedText {
  return riskProfile
    ? { zh: riskProfile.level, en: riskProfile.level }
    : { zh: '未测评', en: 'not assessed' };
}

function joined(a: LocalizedText, b: LocalizedText): LocalizedText {
  return { zh: `${a.zh} · ${b.zh}`, en: `${a.en ?? a.zh} · ${b.en ?? b.zh}` };
}
