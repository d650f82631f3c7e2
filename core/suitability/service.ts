import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { ruleService } from '../rule/service.ts';
import { loadPolicy, type Policy } from './policy.ts';

export const SUITABILITY_POLICY = 'suitability-policy';

export const suitabilityService = serviceToken<SuitabilityService>('core', 'suitability');

/** The suitability policy in force, checked and bound once per version. */
export class SuitabilityService {
  readonly #host: Host;
  #bound: Policy | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  policy(): Policy {
    const { version, data } = this.#host.service(ruleService).current(SUITABILITY_POLICY);
    if (this.#bound?.version !== version) this.#bound = loadPolicy(data);
    return this.#bound!;
  }

  /** Called after another policy has come into force in this process. */
  onChange(listener: () => void): () => void {
    return this.#host.service(ruleService).onChange((kind) => {
      if (kind === SUITABILITY_POLICY) listener();
    });
  }
}
