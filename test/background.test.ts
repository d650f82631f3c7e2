import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { z } from 'zod';
import { systemActor } from '../core/access/actor.ts';
import { approvalService } from '../core/approval/service.ts';
import { collectionOf } from '../core/db/collection.ts';
import { jobQueue } from '../core/job/port.ts';
import { definePlugin } from '../core/plugin/contract.ts';
import { eventually } from './support/eventually.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';

const NOTES = 'desk_notes';

interface Note {
  _id: string;
  text: string;
}

let broken = true;

/** A plugin whose change needs two people, and whose handler and job fail until they are mended. */
const desk = definePlugin(() => ({
  name: 'desk',
  version: '1.0.0',
  requires: { core: '*' },
  models: [
    {
      name: NOTES,
      schema: new Schema<Note>({ _id: String, text: String }, { versionKey: false }) as never,
      shardKey: { _id: 1 },
      retention: 'test',
    },
  ],
  permissions: [
    { code: 'desk.propose', title: { zh: '提议', en: 'Propose' }, roles: ['product-manager'] },
    { code: 'desk.decide', title: { zh: '复核', en: 'Decide' }, roles: ['reviewer'] },
  ],
  events: [
    { name: 'desk.changed', version: 1, shape: z.object({ text: z.string() }), description: 'Changed.' },
  ],
  handlers: [
    {
      name: 'follow',
      on: 'desk.changed',
      onPoison: 'skip',
      run: async (tx, event, host) => {
        if (broken) throw new Error('not yet');
        const note = { _id: event.key, text: String(event.payload.text) };
        await collectionOf<Note>(host, NOTES).insertOne(note, { session: tx.session });
      },
    },
  ],
  jobs: [
    {
      name: 'desk.job',
      version: 1,
      payload: z.object({}),
      attemptsMax: 1,
      timeLimitMs: 1000,
      run: async () => {
        if (broken) throw new Error('not yet');
      },
    },
  ],
  approvalSubjects: [
    {
      type: 'desk.change',
      title: { zh: '变更', en: 'Change' },
      permissions: { propose: 'desk.propose', decide: 'desk.decide' },
      apply: async (tx, { subjectIds, change }) => {
        tx.publish({ name: 'desk.changed', key: subjectIds[0]!, payload: { text: change.text } });
      },
      diff: async ({ change }) => [
        { path: 'text', title: { zh: '文本', en: 'Text' }, before: null, after: change.text },
      ],
    },
  ],
}));

describe('what goes on in the background, seen through GraphQL', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await startPlatform({ plugins: [desk()] });
  });

  afterAll(() => platform.stop());

  async function ask<T>(role: string, query: string, variables?: object): Promise<T> {
    const answer = await platform.graphql<T>(await platform.signIn(role), query, variables);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  }

  function propose(subjectId: string): Promise<string> {
    const { core } = platform.app.hosts;
    const maker = systemActor('maker');
    return core.transact(maker, (tx) =>
      core.service(approvalService).propose(tx, {
        type: 'desk.change',
        subjectIds: [subjectId],
        change: { text: '新文本' },
        reason: '测试',
      }),
    );
  }

  const DECIDE = `mutation ($ids: [ID!]!, $decision: ApprovalIntent!, $comment: String) {
    decideApprovals(ids: $ids, decision: $decision, comment: $comment) {
      id
      result { __typename ... on Approval { state decided { name } } ... on Refusal { code message { zh en } } }
    }
  }`;

  it('a change waits with its diff, is decided by a reviewer, and cannot be decided twice', async () => {
    await propose('s1');
    const { approvals } = await ask<{ approvals: { totalCount: number; edges: { node: { id: string } }[] } }>(
      'reviewer',
      `{ approvals(first: 5, state: WAITING, type: "desk.change") {
        totalCount edges { node { id mine maker { name } reason diff { path title { zh } before after } } } } }`,
    );
    expect(approvals).toMatchObject({
      totalCount: 1,
      edges: [
        { node: { mine: false, reason: '测试', diff: [{ path: 'text', before: null, after: '新文本' }] } },
      ],
    });
    const ids = [approvals.edges[0]!.node.id];
    expect(await ask('reviewer', DECIDE, { ids, decision: 'APPROVE' })).toMatchObject({
      decideApprovals: [{ id: ids[0], result: { __typename: 'Approval', state: 'APPROVED' } }],
    });
    expect(await ask('reviewer', DECIDE, { ids, decision: 'REJECT', comment: '迟' })).toMatchObject({
      decideApprovals: [{ result: { __typename: 'AlreadyDecided', code: 'ALREADY_DECIDED' } }],
    });
    const { traces } = await ask<{ traces: { edges: unknown[] } }>(
      'auditor',
      '{ traces(first: 10, subjectType: "Approval") { edges { node { action reason actor { kind } details } } } }',
    );
    expect(traces.edges).toHaveLength(2);
  });

  it('may be decided by nobody without the permission', async () => {
    const id = Buffer.from(`Approval:${await propose('s2')}`).toString('base64url');
    const token = await platform.signIn('auditor');
    const answer = await platform.graphql(token, DECIDE, { ids: [id], decision: 'APPROVE' });
    expect(answer.errors).toBeDefined();
    expect(await ask('reviewer', '{ approvals(first: 5, state: WAITING) { totalCount } }')).toEqual({
      approvals: { totalCount: 1 },
    });
  });

  it('a job that failed and an event that failed are seen and resumed', async () => {
    const { core } = platform.app.hosts;
    await core.transact(systemActor('test'), (tx) => core.service(jobQueue).enqueue(tx, 'desk.job', {}), {
      bookkeeping: true,
    });
    const jobs = () =>
      ask<{ jobs: { edges: { node: { id: string; failure: { code: string } } }[] } }>(
        'administrator',
        '{ jobs(first: 5) { edges { node { id name state attempts failure { code message } } } } }',
      );
    await eventually('the job is dead', async () => (await jobs()).jobs.edges.length === 1);
    const events = () =>
      ask<{ troubledEvents: { edges: { node: { handler: string; key: string } }[] } }>(
        'administrator',
        '{ troubledEvents(first: 5) { edges { node { id handler key event state tries failure { code } } } } }',
      );
    // Five tries with back-off from half a second on.
    await eventually(
      'the event is skipped',
      async () => (await events()).troubledEvents.edges.length === 1,
      40_000,
    );

    broken = false;
    const job = (await jobs()).jobs.edges[0]!.node;
    expect(
      await ask('administrator', 'mutation ($id: ID!) { resumeJob(id: $id) { state attempts } }', {
        id: job.id,
      }),
    ).toEqual({ resumeJob: { state: 'READY', attempts: 0 } });
    const event = (await events()).troubledEvents.edges[0]!.node;
    expect(event).toMatchObject({
      handler: 'desk.follow',
      key: 's1',
      event: 'desk.changed',
      state: 'SKIPPED',
    });
    expect(
      await ask(
        'administrator',
        'mutation ($handler: String!, $key: String!) { resumeEvents(handler: $handler, key: $key) }',
        {
          handler: event.handler,
          key: event.key,
        },
      ),
    ).toEqual({ resumeEvents: 1 });
    await eventually('the event is taken in', async () => {
      return (await collectionOf<Note>(platform.app.database, NOTES).countDocuments({})) === 1;
    });
    await eventually('the job is done', async () => (await jobs()).jobs.edges.length === 0);
    expect(await ask('administrator', '{ eventLag { pending waiting parked skipped } }')).toEqual({
      eventLag: { pending: 0, waiting: 0, parked: 0, skipped: 0 },
    });
  });
});
