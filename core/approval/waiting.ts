import { collectionOf } from '../db/collection.ts';
import type { WorkbenchRow, WorkbenchTaskDeclaration } from '../plugin/workbench.ts';
import { APPROVALS, type ApprovalRecord } from './records.ts';

interface Group {
  readonly _id: string;
  readonly count: number;
  readonly oldest: Date;
  readonly maker: string;
  readonly reason: string;
}

const REASON_SHOWN = 40;

/** What this person may decide: one line for each sort of change, without what they proposed themselves. */
export const approvalTask: WorkbenchTaskDeclaration = {
  code: 'approvals',
  title: { zh: '复核', en: 'Approvals' },
  verb: { zh: '复核', en: 'Review' },
  permission: 'approval.decide',
  find: async (host, actor) => {
    const subjects = new Map(
      host
        .declared('approvalSubjects')
        .filter(({ permissions }) => actor.permissions.has(permissions.decide))
        .map((subject) => [subject.type, subject]),
    );
    const groups = await collectionOf<ApprovalRecord>(host, APPROVALS)
      .aggregate<Group>([
        { $match: { state: 'WAITING', type: { $in: [...subjects.keys()] }, 'maker.id': { $ne: actor.id } } },
        { $sort: { proposedAt: 1 } },
        {
          $group: {
            _id: '$type',
            count: { $sum: 1 },
            oldest: { $first: '$proposedAt' },
            maker: { $first: '$maker.name' },
            reason: { $first: '$reason' },
          },
        },
      ])
      .toArray();
    return groups.map((group) => toRow(group, subjects.get(group._id)!.title));
  },
};

function toRow({ _id, count, oldest, maker, reason }: Group, title: WorkbenchRow['title']): WorkbenchRow {
  const said = reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN)}…` : reason;
  return {
    title,
    detail: { zh: `等得最久的：经办 ${maker}，“${said}”`, en: `Longest waiting: by ${maker}, “${said}”` },
    count,
    when: 'SINCE',
    at: oldest,
    link: `/approvals?type=${encodeURIComponent(_id)}`,
  };
}
