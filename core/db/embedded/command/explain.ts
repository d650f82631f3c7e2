import type { Document } from 'bson';
import type { IndexRead, Plan } from '../plan/choose.ts';
import { Scan } from '../plan/scan.ts';
import { PRIMARY_INDEX } from '../store/layout.ts';
import { drain, prepare } from './query.ts';
import type { Query } from './query.ts';
import { collectionOf, documentOf, readerOf, sinceOf } from './request.ts';
import type { Engine, Request } from './request.ts';
import { findQuery, leadingQuery, windowOf } from './read.ts';

/**
 * Which index a command uses and, with `executionStats`, how much it examined (manual, "Explain Results").
 * The read is run.
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
  const wanted = window.skip + window.limit;
  let found = 0;
  await drain(
    scan,
    () => readerOf(engine, request),
    () => ++found < wanted || !query.plan.sorted,
    request.pacer,
  );
  const executionStats = {
    executionSuccess: true,
    nReturned: Math.max(0, Math.min(found, wanted) - window.skip),
    executionTimeMillis: Math.round(performance.now() - started),
    totalKeysExamined: readsCollection(query.plan) ? 0 : scan.keysExamined,
    totalDocsExamined: scan.documentsExamined,
  };
  return { queryPlanner, executionStats, serverInfo };
}

function queryOf(engine: Engine, request: Request): Query | undefined {
  const { command, name } = request;
  if (name === 'aggregate') return leadingQuery(engine, request, command.pipeline as Document[]).query;
  if (name === 'find') return findQuery(engine, request);
  const collection = collectionOf(engine, request);
  return collection && prepare(collection, { filter: documentOf(request, 'query'), ...sinceOf(request) });
}

function stageOf(query: Query): Document {
  const { plan } = query;
  const read = readStage(plan);
  if (plan.sorted) return read;
  return { stage: 'SORT', sortPattern: Object.fromEntries(query.wanted.sort ?? []), inputStage: read };
}

function readStage(plan: Plan): Document {
  const scans = plan.reads.map(scanStage);
  if (scans.length > 1)
    return { stage: 'FETCH', exact: false, inputStage: { stage: 'OR', inputStages: scans } };
  if (readsCollection(plan) && !plan.reads[0]?.reverse) return { stage: 'COLLSCAN', direction: 'forward' };
  return { stage: 'FETCH', exact: plan.exact, inputStage: scans[0] };
}

function readsCollection({ bounded, reads }: Plan): boolean {
  return !bounded && reads[0]?.index.id === PRIMARY_INDEX;
}

function scanStage({ index, intervals, reverse }: IndexRead): Document {
  return {
    stage: 'IXSCAN',
    keyPattern: Object.fromEntries(index.key),
    indexName: index.name,
    isMultiKey: index.multikey.includes(true),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partialFilter !== undefined,
    direction: reverse ? 'backward' : 'forward',
    intervals: intervals.length,
  };
}
