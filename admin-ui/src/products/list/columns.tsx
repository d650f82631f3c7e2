import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Vocabulary } from '../../api/vocabulary.ts';
import type { Column } from '../../list/DataTable.tsx';
import { moment, shortMoment } from '../../words/formats.ts';
import { useNamed } from '../../words/named.ts';
import { Price, Risk, Standing, useChannelsText, usePriceText } from '../../words/products.tsx';
import type { ProductRow } from './question.ts';

const CHANNELS_SHOWN = 2;

/** The columns of the list of products: on the screen and in a file. */
export function useProductColumns(vocabulary: Vocabulary): Column<ProductRow>[] {
  const { t } = useTranslation();
  const named = useNamed();
  const priceText = usePriceText();
  const channelsText = useChannelsText();
  return useMemo(() => {
    const node = (id: string | null) => named(id === null ? null : vocabulary.nodeById.get(id)?.name);
    const now = new Date();
    const columns: Column<ProductRow>[] = [
      {
        key: 'product',
        title: t('product.product'),
        fixed: true,
        sort: 'NAME',
        cell: (row) => <ProductCell row={row} />,
        text: (row) => named(row.newestVersion.name),
      },
      {
        key: 'kind',
        title: t('product.kind'),
        width: '124px',
        cell: (row) => named(row.kind?.name),
        text: (row) => named(row.kind?.name),
      },
      {
        key: 'category',
        title: t('product.category'),
        width: '96px',
        cell: (row) => node(row.newestVersion.categoryId),
        text: (row) => node(row.newestVersion.categoryId),
      },
      {
        key: 'brand',
        title: t('product.brand'),
        width: '92px',
        cell: (row) => node(row.newestVersion.brandId),
        text: (row) => node(row.newestVersion.brandId),
      },
      {
        key: 'risk',
        title: t('product.riskShort'),
        width: '58px',
        sort: 'RISK',
        cell: (row) => <Risk level={row.level} />,
        text: (row) => row.level ?? '',
      },
      {
        key: 'lifecycle',
        title: t('product.lifecycle'),
        width: '88px',
        cell: (row) => <Standing lifecycle={row.lifecycle} />,
        text: (row) => t(`word.lifecycle.${row.lifecycle}`),
      },
      {
        key: 'price',
        title: t('product.price'),
        width: '98px',
        align: 'right',
        cell: (row) => <Price price={row.listPrice} />,
        text: (row) => priceText(row.listPrice),
      },
      {
        key: 'channels',
        title: t('product.channels'),
        width: '168px',
        cell: (row) => (
          <span title={channelsText(row.visibleOn)}>{channelsText(row.visibleOn, CHANNELS_SHOWN)}</span>
        ),
        text: (row) => channelsText(row.visibleOn),
      },
      {
        key: 'changed',
        title: t('product.changed'),
        width: '106px',
        align: 'right',
        sort: 'CHANGED',
        cell: (row) => (
          <time dateTime={row.changedAt} title={moment(row.changedAt)}>
            {shortMoment(row.changedAt, now)}
          </time>
        ),
        text: (row) => moment(row.changedAt),
      },
    ];
    return columns;
  }, [t, named, priceText, channelsText, vocabulary]);
}

function ProductCell({ row }: { row: ProductRow }) {
  const { t } = useTranslation();
  const named = useNamed();
  const { no, name } = row.newestVersion;
  const beyond = row.lifecycle !== row.review && row.review !== 'APPROVED';
  return (
    <span className="product-cell">
      <Link to={`/products/${encodeURIComponent(row.code)}`} title={named(name)}>
        {named(name)}
      </Link>
      <span className="code">{row.code}</span>
      {beyond && (
        <span className={`mark mark-${row.review === 'IN_REVIEW' ? 'warning' : 'accent'}`}>
          {t(`product.next.${row.review}`, { no })}
        </span>
      )}
    </span>
  );
}
