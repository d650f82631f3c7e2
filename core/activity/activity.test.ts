import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testCustomer } from '../../test/support/customer.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { systemActor } from '../access/actor.ts';
import { OUTBOX, type OutboxEvent } from '../event/outbox.ts';
import { customerService } from '../customer/service.ts';
import { activityService } from './service.ts';

let platform: TestPlatform;
let beside: TestPlatform;
const actor = systemActor('test');
const at = new Date('2026-11-24T02:00:00Z');

beforeAll(async () => {
  platform = await startPlatform();
  beside = await startPlatform({ beside: platform });
  await platform.app.hosts.core.service(customerService).upsert(actor, [testCustomer({ customerNo: 'CL1' })]);
});
afterAll(async () => {
  await beside.stop();
  await platform.stop();
});

function passed(id: string, courseCode = 'BASICS') {
  return { id, type: 'course.passed', customerNo: 'CL1', at, facts: { courseCode } };
}

async function published(): Promise<number> {
  return platform.app.hosts.core.database
    .model<OutboxEvent>(OUTBOX)
    .countDocuments({ name: 'course.passed' });
}

describe('reports of activities', () => {
  it('count once by source and id, also when two processes hear them at the same moment', async () => {
    const before = await published();
    const batch = [passed('1'), passed('2'), passed('1')];
    const [here, there] = await Promise.all(
      [platform, beside].map(({ app }) =>
        app.hosts.core.service(activityService).report(actor, 'school', batch),
      ),
    );
    expect([...here!, ...there!].filter(({ status }) => status === 'ACCEPTED')).toHaveLength(2);
    expect([...here!, ...there!].filter(({ status }) => status === 'REPEATED')).toHaveLength(4);
    expect((await published()) - before).toBe(2);
  });

  it('of another source under the same id count too; another content under a known id does not', async () => {
    const activities = platform.app.hosts.core.service(activityService);
    await activities.report(actor, 'school', [passed('7')]);
    expect(await activities.report(actor, 'academy', [passed('7')])).toEqual([{ status: 'ACCEPTED' }]);
    expect(await activities.report(actor, 'school', [passed('7', 'OPTIONS')])).toEqual([
      { status: 'REFUSED', reason: expect.objectContaining({ code: 'ACTIVITY_ID_REUSED' }) },
    ]);
  });

  it('are refused one by one, each with its place', async () => {
    const token = platform.apiClients[0]!.token;
    const answer = await platform.graphql<{ reportActivities: unknown }>(
      token,
      `mutation ($input: ReportActivitiesInput!) { reportActivities(input: $input) {
        accepted repeated refused { index id reason { code path text { zh en } } } } }`,
      {
        input: {
          source: 'app',
          activities: [
            passed('ok'),
            { ...passed('nobody'), customerNo: 'CL404' },
            { ...passed('odd'), type: 'course.failed' },
            { ...passed('more'), facts: { courseCode: 'A', grade: 1 } },
            { ...passed('less'), facts: {} },
            { ...passed('ahead'), at: new Date(Date.now() + 3_600_000) },
            { ...passed('self'), reverses: 'self' },
            { ...passed('inner'), type: 'customer.risk-profile-recorded' },
          ],
        },
      },
    );
    expect(answer.errors).toBeUndefined();
    const { accepted, refused } = answer.data.reportActivities as {
      accepted: number;
      refused: { id: string; reason: { path: string } }[];
    };
    expect(accepted).toBe(1);
    expect(refused.map(({ id, reason }) => [id, reason.path])).toEqual([
      ['nobody', 'customerNo'],
      ['odd', 'type'],
      ['more', 'facts'],
      ['less', 'facts'],
      ['ahead', 'at'],
      ['self', 'reverses'],
      ['inner', 'type'],
    ]);
  });

  it('need a batch and a source that can be read', async () => {
    const activities = platform.app.hosts.core.service(activityService);
    await expect(activities.report(actor, 'a b', [passed('1')])).rejects.toMatchObject({
      code: 'ACTIVITY_BATCH_INVALID',
    });
    await expect(activities.report(actor, 'school', [])).rejects.toMatchObject({
      code: 'ACTIVITY_BATCH_INVALID',
    });
  });
});
