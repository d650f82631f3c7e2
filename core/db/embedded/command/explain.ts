import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import { Scan } from '../plan/scan.ts';
import { Sorter, sortOf } from '../plan/select.ts';
import { PRIMARY_INDEX } from '../store/layout.ts';
import { drain, prepare } from './query.ts';
import type { Query } from './query.ts';
import { collectionOf, readerOf } from './request.ts';
import type { Engine, Request } from './request.ts';
import { leadingQuery, sinceOf, windowOf } from './read.ts';

/**
 * Which index a command uses and, with `executionStats`, how much it examined (manual, "Explain Results").
 * Reads are run; writes are only searched.
 */
export async function explain(engine: Engine, request: Request): Promise<Document> {
  const { explain: explained, verbosity } = request.command as { explain: Document; verbosity?: string };
  const name = Object.keys(explained)[0] ?? '';
  const inner: Request = { ...request, name, command: explained };
  const query = queryOf(engine, inner);
  const ns = `${request.db}.${String(explained[name])}`;
  const queryPlanner = {
    namespace: ns,
    winningPlan: query ? stageOf(query) : { stage: 'EOF' },
    rejectedPlans: [],
  };
  const serverInfo = { version: 'tessera-embedded' };
  if (verbosity === 'queryPlanner' || !query) return { queryPlanner, serverInfo };
  const started = performance.now();
  const scan = new Scan(query.plan, query.matches);
  const window = name === 'find' || name === 'count' ? windowOf(inner) : { skip: 0, limit: Infinity };
  const single = name === 'findAndModify' || name === 'findandmodify';
  const wanted = single ? 1 : window.skip + window.limit;
  const sorter = new Sorter(query.wanted.sort ?? [], wanted);
  let found = 0;
  await drain(
    scan,
    () => readerOf(engine, request),
    (one) => {
      found++;
      if (query.plan.sorted) return found < wanted;
      sorter.add(one);
      return true;
    },
    request.pacer,
  );
  const executionStats = {
    executionSuccess: true,
    nReturned: Math.max(0, Math.min(found, wanted) - window.skip),
    executionTimeMillis: Math.round(performance.now() - started),
    totalKeysExamined: query.plan.index.id === PRIMARY_INDEX && !query.plan.bounded ? 0 : scan.keysExamined,
    totalDocsExamined: scan.documentsExamined,
  };
  return { queryPlanner, executionStats, serverInfo };
}

function queryOf(engine: Engine, request: Request): Query | undefined {
  const { command, name } = request;
  if (name === 'aggregate') return leadingQuery(engine, request, command.pipeline as Document[]).query;
  const collection = collectionOf(engine, request);
  const wanted = wantedOf(name, command);
  if (!collection) return undefined;
  return prepare(collection, {
    filter: wanted.filter,
    sort: sortOf(wanted.sort),
    hint: wanted.hint,
    ...sinceOf(request),
  });
}

function wantedOf(name: string, command: Document): { filter: Document; sort?: unknown; hint?: unknown } {
  const { hint } = command as { hint?: unknown };
  switch (name) {
    case 'find':
      return { filter: (command.filter ?? {}) as Document, sort: command.sort, hint };
    case 'count':
    case 'distinct':
      return { filter: (command.query ?? {}) as Document, hint };
    case 'findAndModify':
    case 'findandmodify':
      return { filter: (command.query ?? {}) as Document, sort: command.sort, hint };
    case 'update':
    case 'delete': {
      const [one] = command[`${name}s`] as Document[];
      return { filter: (one?.q ?? {}) as Document, hint: one?.hint as unknown };
    }
    default:
      throw new CommandError(59, 'CommandNotFound', `explain of '${name}' is not supported`);
  }
}

function stageOf(query: Query): Document {
  const { plan } = query;
  const read = readStage(query);
  if (plan.sorted) return read;
  return { stage: 'SORT', sortPattern: Object.fromEntries(query.wanted.sort ?? []), inputStage: read };
}

function readStage({ plan }: Query): Document {
  const direction = plan.reverse ? 'backward' : 'forward';
  const { index } = plan;
  if (index.id === PRIMARY_INDEX && !plan.bounded && (plan.sorted === false || !plan.reverse)) {
    return { stage: 'COLLSCAN', direction };
  }
  const scan = {
    stage: 'IXSCAN',
    keyPattern: Object.fromEntries(index.key),
    indexName: index.name,
    isMultiKey: index.multikey.includes(true),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partialFilter !== undefined,
    direction,
    intervals: plan.intervals.length,
  };
  return { stage: 'FETCH', exact: plan.exact, inputStage: scan };
}
