import type { Actor } from '../access/actor.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Host, LocalizedText, Reason } from '../plugin/contract.ts';
import { collection } from './collections.ts';
import { codeErrors } from './drafts.ts';
import { orAbandoned, refuse, type Refused } from './outcome.ts';
import { publish } from './publish.ts';
import { CATALOG, type CategoryRecord } from './records.ts';

export type Tree = 'categories' | 'brands';

export interface NewNode {
  readonly code: string;
  readonly name: LocalizedText;
  readonly parentId?: string;
  /** Lower first among siblings; 0 where absent. */
  readonly order?: number;
}

export interface NodeChange {
  readonly name?: LocalizedText;
  /** `null` makes it a root. */
  readonly parentId?: string | null;
  readonly order?: number;
}

export interface NodeSaved {
  readonly node: CategoryRecord;
  readonly seq: number;
}

const DEPTH_MAX = 6;

/** Adds a category or brand. */
export async function createNode(
  host: Host,
  actor: Actor,
  tree: Tree,
  input: NewNode,
): Promise<NodeSaved | Refused> {
  try {
    return await orAbandoned<NodeSaved, Refused>(
      publish(host, actor, async (tx, seq) => {
        const nodes = await loadTree(host, tree, tx);
        const wrong = [...codeErrors(input.code), ...parentErrors(nodes, undefined, input.parentId)];
        if ([...nodes.values()].some((node) => node.code === input.code)) wrong.push(codeTaken(input.code));
        if (wrong.length > 0) refuse(...wrong);
        const node: CategoryRecord = {
          _id: newId(),
          code: input.code,
          name: input.name,
          ...(input.parentId === undefined ? {} : { parentId: input.parentId }),
          order: input.order ?? 0,
          seq,
        };
        await collection<CategoryRecord>(host, CATALOG[tree]).insertOne(node, { session: tx.session });
        trace(tx, tree, 'created', node, { code: node.code, parentId: node.parentId ?? null });
        return node;
      }).then(({ seq, result }) => ({ node: result, seq })),
    );
  } catch (error) {
    if (isDuplicateKey(error)) return { refused: [codeTaken(input.code)] };
    throw error;
  }
}

/** Renames, moves or reorders a category or brand; a move into its own branch is refused. */
export async function changeNode(
  host: Host,
  actor: Actor,
  tree: Tree,
  id: string,
  change: NodeChange,
): Promise<NodeSaved | Refused> {
  return orAbandoned<NodeSaved, Refused>(
    publish(host, actor, async (tx, seq) => {
      const nodes = await loadTree(host, tree, tx);
      const before = nodes.get(id) ?? refuse(unknownNode('id'));
      const parentId = change.parentId === undefined ? before.parentId : (change.parentId ?? undefined);
      const wrong = parentErrors(nodes, id, parentId);
      if (wrong.length > 0) refuse(...wrong);
      const node: CategoryRecord = {
        _id: id,
        code: before.code,
        name: change.name ?? before.name,
        ...(parentId === undefined ? {} : { parentId }),
        order: change.order ?? before.order,
        seq,
      };
      await collection<CategoryRecord>(host, CATALOG[tree]).replaceOne({ _id: id }, node, {
        session: tx.session,
      });
      trace(tx, tree, 'changed', node, { before: { name: before.name, parentId: before.parentId ?? null } });
      return node;
    }).then(({ seq, result }) => ({ node: result, seq })),
  );
}

/** The whole tree by id; a firm has hundreds of nodes, not thousands. */
export async function loadTree(
  host: Host,
  tree: Tree,
  tx?: Pick<Tx, 'session'>,
): Promise<ReadonlyMap<string, CategoryRecord>> {
  const nodes = await collection<CategoryRecord>(host, CATALOG[tree])
    .find({}, tx ? { session: tx.session } : {})
    .toArray();
  return new Map(nodes.map((node) => [node._id, node]));
}

/** What stands against hanging a node below this parent: no such parent, a circle, a tree too deep. */
export function parentErrors(
  nodes: ReadonlyMap<string, CategoryRecord>,
  id: string | undefined,
  parentId: string | undefined,
): Reason[] {
  if (parentId === undefined) return [];
  if (!nodes.has(parentId)) return [unknownNode('parentId')];
  let above = 0;
  for (let at: string | undefined = parentId; at !== undefined; at = nodes.get(at)?.parentId) {
    if (at === id)
      return [
        {
          code: 'TREE_CIRCLE',
          text: { zh: '不能移动到自己的下级。', en: 'It cannot be moved below itself.' },
          path: 'parentId',
        },
      ];
    above++;
  }
  if (above + heightOf(nodes, id) <= DEPTH_MAX) return [];
  return [
    {
      code: 'TREE_TOO_DEEP',
      text: { zh: `最多 ${DEPTH_MAX} 级。`, en: `A tree has at most ${DEPTH_MAX} levels.` },
      path: 'parentId',
    },
  ];
}

function heightOf(nodes: ReadonlyMap<string, CategoryRecord>, id: string | undefined): number {
  if (id === undefined) return 1;
  const below = [...nodes.values()].filter((node) => node.parentId === id);
  return 1 + Math.max(0, ...below.map((node) => heightOf(nodes, node._id)));
}

function trace(
  tx: Tx,
  tree: Tree,
  verb: string,
  node: CategoryRecord,
  details: Record<string, unknown>,
): void {
  const type = tree === 'categories' ? 'Category' : 'Brand';
  tx.trace({
    action: `${type.toLowerCase()}.${verb}`,
    subject: { type, id: node._id },
    details: { ...details, name: node.name, seq: node.seq },
  });
}

function codeTaken(code: string): Reason {
  return {
    code: 'CODE_TAKEN',
    text: { zh: `代码“${code}”已被使用。`, en: `The code "${code}" is taken.` },
    path: 'code',
  };
}

function unknownNode(path: string): Reason {
  return { code: 'REFERENCE_UNKNOWN', text: { zh: '没有这个节点。', en: 'There is no such node.' }, path };
}
