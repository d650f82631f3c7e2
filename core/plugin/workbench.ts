import type { Actor } from '../access/actor.ts';
import type { Host, LocalizedText } from './contract.ts';

/** One line of what waits for somebody: what, how many, since or until when, and where it is dealt with. */
export interface WorkbenchRow {
  readonly title: LocalizedText;
  /** Whom it touches and what else helps to choose; one short sentence. */
  readonly detail?: LocalizedText;
  /** How many things the line stands for; 1 or more. */
  readonly count: number;
  /** What `at` is: waiting since then, failed then, or over from then on. */
  readonly when: 'SINCE' | 'FAILED' | 'DUE';
  readonly at: Date;
  /** Page of the admin UI that lists what the line stands for, e.g. `/approvals`. */
  readonly link: string;
}

/** A sort of work that waits for staff (待办). Whoever holds the permission sees it on the workbench. */
export interface WorkbenchTaskDeclaration {
  /** e.g. `approvals`. */
  readonly code: string;
  readonly title: LocalizedText;
  readonly permission: string;
  /** The verb of its button, e.g. Review. */
  readonly verb: LocalizedText;
  /** What waits for this person; bounded by the declaration, the most pressing first. */
  readonly find: (host: Host, actor: Actor, at: Date) => Promise<readonly WorkbenchRow[]>;
}

/** A number of the house with the list behind it. */
export interface WorkbenchFigureDeclaration {
  readonly code: string;
  readonly title: LocalizedText;
  readonly permission: string;
  readonly link: string;
  readonly read: (host: Host, at: Date) => Promise<WorkbenchFigure>;
}

export interface WorkbenchFigure {
  readonly value: number;
  /** `POINTS`, or `THINGS` counted in `of`. */
  readonly unit: 'THINGS' | 'POINTS';
  readonly of?: LocalizedText;
  /** What puts the number in its place, e.g. how much of it was spent. */
  readonly note?: LocalizedText;
}

/** What happens on a business day by the clock. */
export interface WorkbenchScheduleDeclaration {
  readonly code: string;
  readonly title: LocalizedText;
  readonly permission: string;
  /** Within `[from, until)`, earliest first; bounded by the declaration. */
  readonly between: (host: Host, from: Date, until: Date, at: Date) => Promise<readonly WorkbenchMoment[]>;
}

export interface WorkbenchMoment {
  readonly at: Date;
  readonly title: LocalizedText;
  readonly detail?: LocalizedText;
  readonly link?: string;
  /** It will not happen, or did not; `detail` says why. */
  readonly barred?: boolean;
}
