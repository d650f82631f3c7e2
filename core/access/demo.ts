import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, LocalizedText } from '../plugin/contract.ts';
import { newSecret } from '../ids.ts';
import { systemActor } from './actor.ts';
import { accessService } from './service.ts';

/** Sign-ins of a demo installation, made at random the first time and kept in its data folder. */
export interface DemoSignIns {
  readonly staff: readonly {
    role: string;
    account: string;
    name: string;
    password: string;
    label: LocalizedText;
  }[];
  readonly apiClients: readonly { channel: string; name: string; token: string }[];
}

const STAFF = [
  {
    role: 'product-manager',
    account: 'lin.zhiyao',
    name: '林知遥',
    label: { zh: '产品经理', en: 'Product manager' },
  },
  { role: 'reviewer', account: 'zhou.mingche', name: '周明澈', label: { zh: '复核人员', en: 'Reviewer' } },
  { role: 'auditor', account: 'shen.jingyan', name: '沈静言', label: { zh: '合规审计', en: 'Auditor' } },
  {
    role: 'administrator',
    account: 'lu.zhiyan',
    name: '陆知言',
    label: { zh: '系统管理员', en: 'Administrator' },
  },
] as const;

const TOUCHPOINTS = ['WEBSITE', 'TERMINAL', 'APP', 'CALL_CENTRE'] as const;
/** Not a touchpoint that shows the catalogue: what hands in clients' texts. */
const GATEWAY_CHANNEL = 'SMS';
const FILE = 'demo-sign-ins.json';

/** Makes the demo's accounts and tokens once; later starts read them back. Never called in production. */
export async function ensureDemoSignIns(host: Host): Promise<DemoSignIns> {
  if (host.config.mode !== 'demo') throw new Error('Demo sign-ins exist in demo mode only.');
  const file = join(host.config.dataFolder, FILE);
  const signIns = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoSignIns) : invent();
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(signIns, null, 2), { mode: 0o600 });
  const access = host.service(accessService);
  if (await access.hasAccounts()) return signIns;
  const actor = systemActor('demo');
  for (const client of signIns.apiClients)
    await access.createApiClient(actor, {
      ...client,
      roles: [client.channel === GATEWAY_CHANNEL ? 'sms-gateway' : 'touchpoint'],
    });
  for (const person of signIns.staff) await access.createAccount(actor, { ...person, roles: [person.role] });
  return signIns;
}

function invent(): DemoSignIns {
  return {
    staff: STAFF.map((person) => ({ ...person, password: newSecret() })),
    apiClients: [...TOUCHPOINTS, GATEWAY_CHANNEL].map((channel) => ({
      channel,
      name: `demo ${channel.toLowerCase()}`,
      token: newSecret(),
    })),
  };
}
