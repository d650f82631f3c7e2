import type { Named } from '../../../admin-ui/src/words/named.ts';

export const POINTS = `query Points($no: String!, $first: Int!, $after: String) {
  loyaltyAccount(customerNo: $no) {
    available reserved pending owed
    lots { expiryMonth points }
    statement(first: $first, after: $after) {
      totalCount
      edges { node { id seq at kind available reserved pending owed balanceAfter postedBy why { zh en } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export type Kind =
  | 'EARNED'
  | 'MATURED'
  | 'EXPIRED'
  | 'REPAID'
  | 'RESERVED'
  | 'CONFIRMED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'REFUNDED'
  | 'REVERSED'
  | 'ADJUSTED';

export type Entry = {
  id: string;
  seq: number;
  at: string;
  kind: Kind;
  available: number;
  reserved: number;
  pending: number;
  owed: number;
  balanceAfter: number;
  postedBy: string;
  why: Named[];
};

export type Account = {
  available: number;
  reserved: number;
  pending: number;
  owed: number;
  lots: { expiryMonth: string | null; points: number }[];
  statement: {
    totalCount: number;
    edges: { node: Entry }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};
