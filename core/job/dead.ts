import { collectionOf } from '../db/collection.ts';
import type { WorkbenchTaskDeclaration } from '../plugin/workbench.ts';
import { JOBS, type JobRecord } from './records.ts';

/** Background jobs that need somebody: failed at every try, or of a plugin that is not installed. */
export const deadJobTask: WorkbenchTaskDeclaration = {
  code: 'jobs',
  title: { zh: '失败作业', en: 'Failed jobs' },
  verb: { zh: '查看', en: 'Open' },
  permission: 'job.resume',
  find: async (host) => {
    const jobs = collectionOf<JobRecord>(host, JOBS);
    const needing = { state: { $in: ['DEAD', 'ORPHANED'] as JobRecord['state'][] } };
    const newest = await jobs.findOne(needing, { sort: { enqueuedAt: -1 } });
    if (!newest) return [];
    return [
      {
        title: { zh: '后台作业多次重试仍未成功', en: 'Background jobs failed at every try' },
        detail: { zh: '重试前不会再自动执行', en: 'They do not run again until somebody resumes them' },
        count: await jobs.countDocuments(needing),
        when: 'FAILED',
        at: newest.dueAt,
        link: '/system/background',
      },
    ];
  },
};
