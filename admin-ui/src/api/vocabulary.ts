import { useMemo } from 'react';
import type { Named } from '../words/named.ts';
import { useAnswer } from './useAnswer.ts';

/** A node of the tree of categories or brands. */
export type TreeNode = { id: string; code: string; name: Named; parentId: string | null };

type Answered = {
  productKinds: { code: string; name: Named; nature: string; gone: boolean }[];
  categories: TreeNode[];
  brands: TreeNode[];
};

const VOCABULARY = `query Vocabulary {
  productKinds { code name { zh en } nature gone }
  categories { id code name { zh en } parentId }
  brands { id code name { zh en } parentId }
}`;

export type Vocabulary = {
  kinds: Answered['productKinds'];
  categories: TreeNode[];
  brands: TreeNode[];
  nodeById: ReadonlyMap<string, TreeNode>;
};

/** The words of the house that many places show: kinds, categories and brands. Empty until they are there. */
export function useVocabulary(): Vocabulary {
  const { data } = useAnswer<Answered>(VOCABULARY, NOTHING);
  return useMemo(() => {
    const { productKinds: kinds = [], categories = [], brands = [] } = data ?? {};
    const nodeById = new Map([...categories, ...brands].map((node) => [node.id, node]));
    return { kinds, categories, brands, nodeById };
  }, [data]);
}

const NOTHING = {};
