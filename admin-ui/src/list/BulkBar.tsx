import { CloseOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { count } from '../words/formats.ts';

export type BulkAction = {
  key: string;
  label: string;
  /** Why it cannot be done; absent where it can. */ because?: string | undefined;
};

type Props = {
  selected: number;
  /** How many the filter finds; offered where not all of them are selected. */
  total: number;
  allSelected: boolean;
  what: string;
  actions: readonly BulkAction[];
  onAction: (key: string) => void;
  onAll: () => void;
  onNone: () => void;
};

/** What can be done with the selected rows. It stays with the table, and says why something cannot be done. */
export function BulkBar({ selected, total, allSelected, what, actions, onAction, onAll, onNone }: Props) {
  const { t } = useTranslation();
  const shown = allSelected ? total : selected;
  return (
    <section className="bulk" aria-label={t('list.bulk')}>
      <strong>{t('list.selected', { count: count(shown) })}</strong>
      {!allSelected && total > selected && (
        <button type="button" className="link" onClick={onAll}>
          {t('list.selectAll', { total: count(total), what })}
        </button>
      )}
      <span className="bulk-actions">
        {actions.map(({ key, label, because }) => (
          <Tooltip key={key} title={because}>
            <Button size="small" disabled={because !== undefined} onClick={() => onAction(key)}>
              {label}
            </Button>
          </Tooltip>
        ))}
      </span>
      <span className="quiet bulk-hint">{t('list.bulkHint')}</span>
      <button type="button" className="plain" aria-label={t('list.selectNone')} onClick={onNone}>
        <CloseOutlined aria-hidden />
      </button>
    </section>
  );
}
