import type { Violation } from '../../core/plugin/contract.ts';
import type { Hosts } from '../../core/plugin/host.ts';

/** Everything that a declared invariant finds broken; run after every test that touches points. */
export async function brokenInvariants(hosts: Hosts): Promise<Violation[]> {
  const broken: Violation[] = [];
  for (const { owner, check } of hosts.core.declared('invariants'))
    for await (const violation of check(hosts.of(owner), () => undefined)) broken.push(violation);
  return broken;
}

/** @throws Error naming the first broken record */
export async function checkInvariants(hosts: Hosts): Promise<void> {
  const [first] = await brokenInvariants(hosts);
  if (first) throw new Error(`${first.subject}: ${first.text} [${first.code}]`);
}
