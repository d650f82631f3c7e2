/** Ids of the named nodes of a tree and of everything below them; an unknown code names nothing. */
export function withDescendants(
  tree: ReadonlyMap<string, { readonly _id: string; readonly code: string; readonly parentId?: string }>,
  codes: readonly string[],
): string[] {
  const wanted = new Set(codes);
  const isWanted = (id: string | undefined, depth = 0): boolean => {
    const node = id === undefined ? undefined : tree.get(id);
    if (!node || depth > TREE_DEPTH_MAX) return false;
    return wanted.has(node.code) || isWanted(node.parentId, depth + 1);
  };
  return [...tree.keys()].filter((id) => isWanted(id));
}

/** A tree is made of at most this many levels; a loop, however it came about, must not hang a list. */
const TREE_DEPTH_MAX = 32;
