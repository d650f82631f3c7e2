import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Vocabulary } from '../../api/vocabulary.ts';
import type { Facet, FacetValue } from '../../list/Facets.tsx';
import { useNamed } from '../../words/named.ts';
import { CHANNELS, LIFECYCLES, Risk, RISK_LEVELS } from '../../words/products.tsx';
import type { Review, RiskLevel } from '../../words/products.tsx';
import type { FacetCount, ProductsAnswer } from './question.ts';

type Counts = ProductsAnswer['products']['facets'] | undefined;

const REVIEWS: Review[] = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'WITHDRAWN'];

/** What the list can be narrowed to, in words; what is set stays although nothing stands under it. */
export function useFacets(counts: Counts, set: Readonly<Record<string, string[]>>, vocabulary: Vocabulary) {
  const { t } = useTranslation();
  const named = useNamed();
  return useMemo((): { shown: Facet[]; all: Facet[] } => {
    const fixed = (
      found: FacetCount[] | undefined,
      values: readonly string[],
      word: (value: string) => string,
      field: string,
    ): FacetValue[] =>
      values
        .map((value) => ({
          value,
          text: word(value),
          label: word(value),
          count: found?.find((one) => one.value === value)?.count ?? 0,
        }))
        .filter(({ value, count }) => count > 0 || set[field]?.includes(value));
    const open = (
      found: FacetCount[] | undefined,
      field: string,
      nameOf: (value: string) => string,
    ): FacetValue[] => {
      const values = (found ?? []).map(({ value, count, name }) => {
        const text = name ? named(name) : nameOf(value);
        return { value, text, label: text, count };
      });
      const missing = (set[field] ?? []).filter((value) => !values.some((one) => one.value === value));
      return [
        ...values,
        ...missing.map((value) => ({ value, text: nameOf(value), label: nameOf(value), count: 0 })),
      ];
    };
    const nodeName = (nodes: Vocabulary['categories']) => (code: string) =>
      named(nodes.find((node) => node.code === code)?.name ?? { zh: code });
    const kindName = (code: string) =>
      named(vocabulary.kinds.find((kind) => kind.code === code)?.name ?? { zh: code });
    const levels = fixed(
      counts?.riskLevels,
      RISK_LEVELS,
      (value) => `${value} ${t(`word.risk.${value}`)}`,
      'riskLevels',
    );
    const shown: Facet[] = [
      { field: 'kinds', title: t('product.kind'), values: open(counts?.kinds, 'kinds', kindName) },
      {
        field: 'lifecycles',
        title: t('product.lifecycle'),
        values: fixed(counts?.lifecycles, LIFECYCLES, (value) => t(`word.lifecycle.${value}`), 'lifecycles'),
        shown: 9,
      },
      {
        field: 'riskLevels',
        title: t('product.risk'),
        values: levels.map((value) => ({
          ...value,
          label: (
            <>
              <Risk level={value.value as RiskLevel} /> {t(`word.risk.${value.value}`)}
            </>
          ),
        })),
      },
      {
        field: 'channels',
        title: t('product.channels'),
        values: fixed(counts?.channels, CHANNELS, (value) => t(`word.channel.${value}`), 'channels'),
      },
      {
        field: 'categories',
        title: t('product.category'),
        values: open(counts?.categories, 'categories', nodeName(vocabulary.categories)),
      },
      {
        field: 'brands',
        title: t('product.brand'),
        values: open(counts?.brands, 'brands', nodeName(vocabulary.brands)),
      },
    ];
    // The review of the newest version is a condition of views, not a list of boxes: the standing says most of it.
    const reviews: Facet = {
      field: 'reviews',
      title: t('product.review'),
      values: REVIEWS.map((value) => {
        const text = t(`word.review.${value}`);
        return { value, text, label: text, count: 0 };
      }),
    };
    return { shown, all: [...shown, reviews] };
  }, [counts, set, vocabulary, t, named]);
}
