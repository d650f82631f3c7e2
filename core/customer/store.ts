import type { Model } from 'mongoose';
import type { Host } from '../plugin/contract.ts';
import type {
  BranchRecord,
  CustomerKey,
  CustomerRecord,
  CustomerSequence,
  RiskProfileRecord,
  SchemeRecord,
} from './records.ts';
import { CUSTOMER } from './records.ts';
import { Turns } from './sequence.ts';
import { FieldSealer } from './sealing/field-sealer.ts';
import { loadFieldKeys } from './sealing/field-keys.ts';

/** What the parts of this feature work on: its own collections and the platform's ways of doing things. */
export interface CustomerStore {
  readonly host: CustomerHost;
  readonly sealer: FieldSealer;
  readonly customers: Model<CustomerRecord>;
  readonly riskProfiles: Model<RiskProfileRecord>;
  readonly schemes: Model<SchemeRecord>;
  readonly sequence: Model<CustomerSequence>;
  readonly branches: Model<BranchRecord>;
  readonly keys: Model<CustomerKey>;
  /** Where changes of this process wait for each other. */
  readonly turns: Turns;
}

export type CustomerHost = Pick<Host, 'model' | 'transact' | 'snapshot' | 'clock' | 'config' | 'logger'>;

export function customerStore(host: CustomerHost): CustomerStore {
  return {
    host,
    sealer: new FieldSealer(loadFieldKeys(host.config)),
    customers: host.model(CUSTOMER.customers),
    riskProfiles: host.model(CUSTOMER.riskProfiles),
    schemes: host.model(CUSTOMER.schemes),
    sequence: host.model(CUSTOMER.sequence),
    branches: host.model(CUSTOMER.branches),
    keys: host.model(CUSTOMER.keys),
    turns: new Turns(),
  };
}
