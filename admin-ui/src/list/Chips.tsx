import { CloseOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';

type Props = {
  /** One without a text is not drawn. */
  chips: readonly { key: string; name: string; text: string | undefined }[];
  onDrop: (key: string) => void;
};

/** Conditions of a list that each can be taken away. */
export function Chips({ chips, onDrop }: Props) {
  const { t } = useTranslation();
  return chips.map(({ key, name, text }) =>
    text === undefined ? null : (
      <span key={key} className="chip">
        <span className="chip-name">{t('list.condition', { name })}</span>
        <span className="chip-text">{text}</span>
        <button type="button" aria-label={t('list.drop', { name, values: text })} onClick={() => onDrop(key)}>
          <CloseOutlined aria-hidden />
        </button>
      </span>
    ),
  );
}
