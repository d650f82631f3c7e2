import { systemActor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { UPSERT_MAX } from '../customer/write.ts';
import type { Host } from '../plugin/contract.ts';
import { startOfBusinessDate } from '../time/business-day.ts';
import { canonicalJson } from '../trace/record.ts';
import { sampleClients } from './clients.ts';
import { branchRecords, readClients, readFirm } from './firm.ts';

const ACTOR = systemActor('core:sample');

/** Branches, tiers and clubs of the house. */
export async function loadHouse(host: Host, loadedOn: string): Promise<void> {
  const firm = readFirm();
  const customers = host.service(customerService);
  await customers.upsertBranches(ACTOR, branchRecords(firm));
  const { tiers, clubs, coreFromTier } = await customers.scheme(host.clock.now());
  // Interrupted after it was recorded: the same scheme again would be a version that says nothing new.
  if (canonicalJson({ tiers, clubs, coreFromTier }) === canonicalJson(firm.scheme)) return;
  await customers.recordScheme(ACTOR, { ...firm.scheme, inForceFrom: startOfBusinessDate(loadedOn) });
}

/** The house's clients, the personas first. */
export async function loadClients(
  host: Host,
  loadedOn: string,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const firm = readFirm();
  const customers = host.service(customerService);
  const clients = sampleClients(
    readClients(),
    firm.branches.map((branch) => branch.path),
    loadedOn,
  );
  for (let from = 0; from < clients.length; from += UPSERT_MAX) {
    await customers.upsert(ACTOR, clients.slice(from, from + UPSERT_MAX));
    progress(Math.min(from + UPSERT_MAX, clients.length), clients.length);
  }
}
