import { startOfBusinessDate } from '../../../core/time/business-day.ts';
import { EARNING_RULES } from '../../../core/earning/feature.ts';
import { readRuleFile } from '../../../core/explain/rule-data.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { RULE_SUBJECT, ruleService } from '../../../core/rule/service.ts';
import { shiftDate } from '../../../core/sample/dates.ts';
import { sampleService } from '../../../core/sample/loader.ts';
import { SAMPLE_REASON, approveWaiting, sampleStaff } from '../../../core/sample/staff.ts';

const CAMPAIGN = 'education-month';
const CAMPAIGN_DAYS = 30;

interface SampleRules {
  readonly boosts: readonly { readonly code: string }[];
}

/** The house's earning rules, proposed by one and approved by another of the demo staff. */
export async function loadEarningRules(host: Host): Promise<void> {
  const rules = host.service(ruleService);
  const staff = await sampleStaff(host);
  await approveWaiting(host, staff, RULE_SUBJECT);
  // Past what ships: somebody has changed them, the sample itself or a person.
  if (rules.current(EARNING_RULES).version !== 'earning-rules@1') return;
  const loadedOn = await host.service(sampleService).loadedOn('earning-rules');
  const proposed = await rules.propose(staff.maker, EARNING_RULES, sampleRules(loadedOn), SAMPLE_REASON);
  if ('problems' in proposed)
    throw new Error(`The sample's earning rules are refused: ${JSON.stringify(proposed.problems)}`);
  await approveWaiting(host, staff, RULE_SUBJECT);
  await rules.poll();
}

/** The rules of the file; education month began on the day of loading. */
export function sampleRules(loadedOn: string): object {
  const data = readRuleFile('plugins', 'loyalty', 'sample', 'earning-rules.json') as SampleRules;
  const schedule = {
    from: startOfBusinessDate(loadedOn).toISOString(),
    until: startOfBusinessDate(shiftDate(loadedOn, CAMPAIGN_DAYS)).toISOString(),
  };
  return {
    ...data,
    version: 1,
    boosts: data.boosts.map((boost) => (boost.code === CAMPAIGN ? { ...boost, schedule } : boost)),
  };
}
