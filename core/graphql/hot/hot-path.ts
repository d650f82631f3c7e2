import type { Request, Response } from 'express';
import {
  Kind,
  OperationTypeNode,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import type { Actor } from '../../access/actor.ts';
import type { RequestContext } from '../../plugin/contract.ts';
import { LIMITS, costOf, limitsRule, noIntrospectionRule } from '../limits.ts';
import { BoundedCache } from './bounded-cache.ts';
import { oneByte } from './fragment-encoder.ts';
import { variableReader, type VariableReader } from './variables.ts';

/** A parsed document with what validation has against it. */
export interface Prepared {
  readonly document: DocumentNode;
  readonly violations: readonly GraphQLError[];
}

/** Answers documents of one shape by joining text that was encoded beforehand. */
export interface Splicer {
  /** The plan for an operation, or undefined where its shape is not known. */
  compile(document: DocumentNode, operation: OperationDefinitionNode): SplicePlan | undefined;
}

/**
 * The text of an answer, its UTF-8 bytes held one per character; or with a part in the middle that many answers share,
 * as bytes, so that it is written from where it lies.
 */
export type AnswerText = string | readonly [before: string, shared: Buffer, after: string];

/** The JSON of the whole answer as one-byte text; undefined where the ordinary way must answer, e.g. with an error. */
export interface SplicePlan {
  answer(
    variables: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): AnswerText | undefined | Promise<AnswerText | undefined>;
}

export interface HotPathOptions {
  readonly schema: GraphQLSchema;
  readonly splicers: readonly Splicer[];
  /** Query fields that compiled execution may answer; everything else is left to the ordinary way. */
  readonly compiledFields: ReadonlySet<string>;
  /** The permission that this caller lacks for this document, if any. */
  readonly missingPermission: (document: DocumentNode, actor: Actor) => string | undefined;
  /** Parses and validates with all of the platform's rules; by default without introspection. */
  readonly prepare?: (query: string, operationName: string | undefined) => Prepared;
}

/**
 * A short way for the questions that touchpoints ask all the time, tried before the ordinary one. It answers successes
 * only: whatever is refused, malformed, unusual or goes wrong is left to the ordinary way, which says why and masks
 * what must not be seen. Resolves to true when it has answered.
 */
export interface HotPath {
  tryAnswer(request: Request, response: Response, context: RequestContext): boolean | Promise<boolean>;
}

/** Distinct documents that are remembered: about 37 kB each. */
const DOCUMENTS_MAX = 1000;
const QUERY_LENGTH_MAX = 20_000;

/** A document that the hot path can answer. */
interface KnownDocument {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly readVariables: VariableReader;
  readonly plan: SplicePlan | undefined;
  readonly compiled: CompiledQuery | undefined;
  /** Whether the answer stays within the cost limit, by the variables that can change it. */
  readonly withinCost: BoundedCache<string, boolean>;
}

export function createHotPath(options: HotPathOptions): HotPath {
  const documents = new BoundedCache<string, KnownDocument | 'unknown'>(DOCUMENTS_MAX);
  const find = (query: string, operationName: string | undefined) => {
    const key = operationName === undefined ? query : `${operationName}\n${query}`;
    let known = documents.get(key);
    if (known === undefined) documents.set(key, (known = learn(options, query, operationName) ?? 'unknown'));
    return known;
  };
  return {
    tryAnswer: (request, response, context) => {
      const asked = read(request);
      if (!asked) return false;
      const known = find(asked.query, asked.operationName);
      if (known === 'unknown' || options.missingPermission(known.document, context.actor) !== undefined)
        return false;
      const coerced = known.readVariables(asked.variables);
      if (!coerced || !isWithinCost(options.schema, known, coerced)) return false;
      return send(response, answer(known, coerced, asked.variables, context));
    },
  };
}

interface Asked {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

function read(request: Request): Asked | undefined {
  const body = request.body as unknown;
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, operationName, variables, extensions } = body as Record<string, unknown>;
  if (typeof query !== 'string' || query.length > QUERY_LENGTH_MAX || extensions !== undefined)
    return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return undefined;
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    if (variables !== undefined) return undefined;
  }
  const { accept } = request.headers;
  if (accept !== undefined && !accept.includes('*/*') && !accept.startsWith('application/json'))
    return undefined;
  if (request.headers['x-tessera-limits'] !== undefined) return undefined;
  return {
    query,
    operationName: operationName ?? undefined,
    variables: (variables ?? {}) as Record<string, unknown>,
  };
}

function learn(
  options: HotPathOptions,
  query: string,
  operationName: string | undefined,
): KnownDocument | undefined {
  const { schema, splicers, compiledFields } = options;
  const prepared = prepare(options, query, operationName);
  if (!prepared || prepared.violations.length > 0) return undefined;
  const { document } = prepared;
  const operation = getOperationAST(document, operationName);
  if (!operation || operation.operation !== OperationTypeNode.QUERY) return undefined;
  const isHot = operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && compiledFields.has(selection.name.value),
  );
  if (!isHot) return undefined;
  let plan: SplicePlan | undefined;
  for (const splicer of splicers) plan ??= splicer.compile(document, operation);
  // Leaf and null checks stay on: without them an integer out of range and an unknown enum value would pass.
  const compiled = plan
    ? undefined
    : compileQuery(schema, document, operationName ?? operation.name?.value ?? '');
  if (compiled && !isCompiledQuery(compiled)) return undefined;
  const readVariables = variableReader(schema, operation);
  return { document, operationName, readVariables, plan, compiled, withinCost: new BoundedCache(1000) };
}

function prepare(
  { schema, prepare: given }: HotPathOptions,
  query: string,
  operationName: string | undefined,
): Prepared | undefined {
  if (given) return given(query, operationName);
  try {
    const document = parse(query, { maxTokens: LIMITS.tokens });
    const rules = [...specifiedRules, limitsRule, noIntrospectionRule];
    return { document, violations: validate(schema, document, rules) };
  } catch {
    return undefined;
  }
}

/** The cost of an answer depends on its variables by page sizes and by what is included or skipped. */
function isWithinCost(
  schema: GraphQLSchema,
  { document, operationName, withinCost }: KnownDocument,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  let sizes = '';
  for (const name in variables) {
    const value = variables[name];
    // A null is told from what was left out, for which the field's own page size stands.
    if (value === null || typeof value === 'number' || typeof value === 'boolean')
      sizes += `${name}=${value},`;
  }
  let within = withinCost.get(sizes);
  if (within === undefined) {
    try {
      within = costOf(schema, document, operationName, variables) <= LIMITS.cost;
    } catch {
      within = false;
    }
    withinCost.set(sizes, within);
  }
  return within;
}

function answer(
  { plan, compiled }: KnownDocument,
  coerced: Readonly<Record<string, unknown>>,
  given: Record<string, unknown>,
  context: RequestContext,
): AnswerText | undefined | Promise<AnswerText | undefined> {
  if (plan) return plan.answer(coerced, context);
  const result = compiled!.query(undefined, context, given);
  return result instanceof Promise ? result.then(encode) : encode(result);
}

function encode(result: { readonly errors?: readonly unknown[] | undefined }): string | undefined {
  // The ordinary way finds the error again and says what of it may be seen; queries change nothing.
  if (result.errors && result.errors.length > 0) return undefined;
  return oneByte(`${JSON.stringify(result)}\n`);
}

function send(
  response: Response,
  text: AnswerText | undefined | Promise<AnswerText | undefined>,
): boolean | Promise<boolean> {
  if (text instanceof Promise) return text.then((ready) => send(response, ready));
  if (text === undefined) return false;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  if (typeof text === 'string') {
    response.setHeader('Content-Length', text.length);
    response.end(text, 'latin1');
    return true;
  }
  const [before, shared, after] = text;
  response.setHeader('Content-Length', before.length + shared.length + after.length);
  response.cork();
  response.write(before, 'latin1');
  response.write(shared);
  response.end(after, 'latin1');
  response.uncork();
  return true;
}
