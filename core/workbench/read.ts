import type { Actor } from '../access/actor.ts';
import type { Declared, Host, LocalizedText } from '../plugin/contract.ts';
import type { CoreHost } from '../plugin/host.ts';
import type {
  WorkbenchFigure,
  WorkbenchFigureDeclaration,
  WorkbenchMoment,
  WorkbenchRow,
  WorkbenchTaskDeclaration,
} from '../plugin/workbench.ts';
import { addDays, businessDate, startOfBusinessDate } from '../time/business-day.ts';
import { withTimeLimit } from '../time/time-limit.ts';

/** How long one contributor may take: the workbench is the first page of the day, and one slow list must not hold it up. */
const CONTRIBUTOR_LIMIT_MS = 5_000;

export type Task = Pick<WorkbenchTaskDeclaration, 'code' | 'title' | 'verb'> & {
  readonly rows: readonly WorkbenchRow[] | null;
};
export type Figure = Pick<WorkbenchFigureDeclaration, 'code' | 'title' | 'link'> & Partial<WorkbenchFigure>;
export type Moment = WorkbenchMoment & { readonly sort: LocalizedText };

export function readTasks(host: CoreHost, actor: Actor, at: Date): Promise<Task[]> {
  return Promise.all(
    visible(host.declared('workbenchTasks'), actor).map(async (task) => {
      const { code, title, verb } = task;
      const rows = await orNothing(host, task, (own) => task.find(own, actor, at));
      return { code, title, verb, rows: rows ? inOrder(rows) : null };
    }),
  );
}

export function readFigures(host: CoreHost, actor: Actor, at: Date): Promise<Figure[]> {
  return Promise.all(
    visible(host.declared('workbenchFigures'), actor).map(async (figure) => {
      const { code, title, link } = figure;
      return { code, title, link, ...(await orNothing(host, figure, (own) => figure.read(own, at))) };
    }),
  );
}

export async function readToday(
  host: CoreHost,
  actor: Actor,
  at: Date,
): Promise<{ moments: Moment[]; missing: LocalizedText[] }> {
  const from = startOfBusinessDate(businessDate(at));
  const found = await Promise.all(
    visible(host.declared('workbenchSchedule'), actor).map(async (schedule) => ({
      sort: schedule.title,
      moments: await orNothing(host, schedule, (own) => schedule.between(own, from, addDays(from, 1), at)),
    })),
  );
  return {
    moments: found
      .flatMap(({ sort, moments }) => (moments ?? []).map((moment) => ({ ...moment, sort })))
      .sort((a, b) => a.at.getTime() - b.at.getTime()),
    missing: found.filter(({ moments }) => moments === undefined).map(({ sort }) => sort),
  };
}

function visible<T extends { readonly permission: string }>(declared: readonly T[], actor: Actor): T[] {
  return declared.filter(({ permission }) => actor.permissions.has(permission));
}

/** Deadlines first, the nearest of them at the top; then what failed or waits, the longest first. */
export function inOrder(rows: readonly WorkbenchRow[]): WorkbenchRow[] {
  const rank = { DUE: 0, FAILED: 1, SINCE: 2 };
  return [...rows].sort((a, b) => rank[a.when] - rank[b.when] || a.at.getTime() - b.at.getTime());
}

/** A contributor that fails or is slow is told by name to the log and takes only its own part away. */
async function orNothing<T>(
  host: CoreHost,
  { code, owner }: Declared<{ readonly code: string }>,
  read: (own: Host) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withTimeLimit(`workbench "${code}"`, CONTRIBUTOR_LIMIT_MS, () => read(host.hostOf(owner)));
  } catch (error) {
    host.logger.error({ owner, code, err: error }, 'a part of the workbench could not be read');
    return undefined;
  }
}
