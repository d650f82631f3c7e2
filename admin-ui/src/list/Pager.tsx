import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { count, moment } from '../words/formats.ts';
import { fromStart, SIZES } from './address.ts';
import type { ListNavigation } from './useListAddress.ts';

type Props = {
  navigation: ListNavigation;
  what: string;
  total: number;
  /** Rows before this page. */
  position: number;
  shown: number;
  first: string | undefined;
  last: string | undefined;
  at: Date | undefined;
};

/** How many there are, which of them are shown, and the ways to the others. */
export function Pager({ navigation, what, total, position, shown, first, last, at }: Props) {
  const { t } = useTranslation();
  const { address, goTo } = navigation;
  const hasNext = position + shown < total;
  const pages = SIZES.map((size) => ({ value: size, label: t('list.size', { size }) }));
  return (
    <div className="pager">
      <span role="status">
        {shown === 0
          ? t('list.totalOnly', { total: count(total), what })
          : t('list.total', {
              total: count(total),
              what,
              from: count(position + 1),
              to: count(position + shown),
            })}
      </span>
      {at && <span className="quiet pager-at">{t('list.at', { time: moment(at).slice(11) })}</span>}
      <span className="pager-end">
        <Select
          size="small"
          variant="borderless"
          aria-label={t('list.sizeLabel')}
          value={address.size}
          options={pages}
          onChange={(size) => goTo(fromStart({ ...address, size }))}
        />
        <Button
          size="small"
          icon={<LeftOutlined aria-hidden />}
          disabled={position === 0 || first === undefined}
          onClick={() => first && goTo({ ...fromStart(address), before: first })}
        >
          {t('list.previous')}
        </Button>
        <Button
          size="small"
          icon={<RightOutlined aria-hidden />}
          iconPlacement="end"
          disabled={!hasNext || last === undefined}
          onClick={() => last && goTo({ ...fromStart(address), after: last })}
        >
          {t('list.next')}
        </Button>
      </span>
    </div>
  );
}
