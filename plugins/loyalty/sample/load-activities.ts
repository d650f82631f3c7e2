import { systemActor } from '../../../core/access/actor.ts';
import type { ActivityReport } from '../../../core/activity/report.ts';
import { REPORTS_MAX, activityService } from '../../../core/activity/service.ts';
import { customerService } from '../../../core/customer/service.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { shiftDate } from '../../../core/sample/dates.ts';
import { sampleService } from '../../../core/sample/loader.ts';

const CLIENTS = 60;
/** Eighteen months. */
const DAYS = 540;

/** What each of the first clients did, over and over, and how many days lie between; each begins on a day of their own. */
const HABITS: readonly {
  readonly type: string;
  readonly everyDays: number;
  readonly facts: (n: number) => object;
}[] = [
  { type: 'client.signed-in', everyDays: 60, facts: () => ({ channel: 'APP' }) },
  { type: 'course.passed', everyDays: 180, facts: (n) => ({ courseCode: `EDU-L${(n % 5) + 1}` }) },
  { type: 'feedback.given', everyDays: 270, facts: () => ({}) },
  { type: 'service.purchased', everyDays: 150, facts: (n) => ({ amountMinor: 1_900 + 3_800 * (n % 7) }) },
  { type: 'client.birthday', everyDays: 365, facts: () => ({}) },
];

/** What clients of the sample did in the last eighteen months, told as another system would tell it. */
export async function loadActivities(
  host: Host,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const loadedOn = await host.service(sampleService).loadedOn('activities');
  const { customers } = await host.service(customerService).search({ first: CLIENTS }, host.clock.now());
  const reports = customers.flatMap(({ customerNo }, index) => activitiesOf(customerNo, index, loadedOn));
  for (let from = 0; from < reports.length; from += REPORTS_MAX) {
    const chunk = reports.slice(from, from + REPORTS_MAX);
    const outcomes = await host.service(activityService).report(systemActor('sample'), 'sample-firm', chunk);
    const refused = outcomes.find((outcome) => outcome.status === 'REFUSED');
    if (refused) throw new Error(`The sample's activities are refused: ${JSON.stringify(refused)}`);
    progress(from + chunk.length, reports.length);
  }
}

function activitiesOf(customerNo: string, index: number, loadedOn: string): ActivityReport[] {
  return HABITS.flatMap(({ type, everyDays, facts }, habit) => {
    const firstDay = (index * 37 + habit * 53) % everyDays;
    const count = Math.floor((DAYS - 1 - firstDay) / everyDays) + 1;
    return Array.from({ length: count }, (_, n): ActivityReport => {
      const date = shiftDate(loadedOn, firstDay + n * everyDays - DAYS);
      return {
        id: `${customerNo}:${type}:${n}`,
        type,
        customerNo,
        at: new Date(`${date}T02:00:00Z`),
        facts: facts(index + n),
      };
    });
  });
}
