import { SettingOutlined } from '@ant-design/icons';
import { Checkbox, Popover, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ListSetup } from './setup.ts';

type Props = {
  columns: readonly { key: string; title: string; fixed?: true }[];
  setup: ListSetup;
  onChange: (change: Partial<ListSetup>) => void;
};

/** Which columns are shown, and how dense. */
export function ColumnsButton({ columns, setup, onChange }: Props) {
  const { t } = useTranslation();
  const toggle = (key: string, shown: boolean) =>
    onChange({ hidden: shown ? setup.hidden.filter((one) => one !== key) : [...setup.hidden, key] });
  const content = (
    <div className="columns">
      <Segmented
        block
        value={setup.dense ? 'dense' : 'roomy'}
        options={[
          { value: 'roomy', label: t('list.roomy') },
          { value: 'dense', label: t('list.dense') },
        ]}
        onChange={(value) => onChange({ dense: value === 'dense' })}
      />
      {columns.map(({ key, title, fixed }) => (
        <Checkbox
          key={key}
          checked={!setup.hidden.includes(key)}
          disabled={fixed === true}
          onChange={(event) => toggle(key, event.target.checked)}
        >
          {title}
        </Checkbox>
      ))}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <button type="button" className="plain">
        <SettingOutlined aria-hidden /> {t('list.columns')}
      </button>
    </Popover>
  );
}
