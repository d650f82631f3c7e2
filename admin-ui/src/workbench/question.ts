import type { Named } from '../words/named.ts';

export const WORKBENCH = `query Workbench {
  workbench {
    at
    tasks { code title { zh en } verb { zh en } rows { title { zh en } detail { zh en } count when at link } }
    today { at title { zh en } sort { zh en } detail { zh en } link barred }
    todayMissing { zh en }
    figures { code title { zh en } value unit of { zh en } note { zh en } link }
  }
}`;

export type Row = {
  title: Named;
  detail: Named | null;
  count: number;
  when: 'SINCE' | 'FAILED' | 'DUE';
  at: string;
  link: string;
};
export type Task = { code: string; title: Named; verb: Named; rows: Row[] | null };
export type Moment = {
  at: string;
  title: Named;
  sort: Named;
  detail: Named | null;
  link: string | null;
  barred: boolean;
};
export type Figure = {
  code: string;
  title: Named;
  value: number | null;
  unit: 'THINGS' | 'POINTS' | null;
  of: Named | null;
  note: Named | null;
  link: string;
};
export type WorkbenchAnswer = {
  workbench: { at: string; tasks: Task[]; today: Moment[]; todayMissing: Named[]; figures: Figure[] };
};
