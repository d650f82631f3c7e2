import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

type Props = { text: () => string; label: string; bare?: boolean };

/** Copies a text and says for two seconds that it did. `bare` shows the icon alone, the label as its name. */
export function CopyButton({ text, label, bare = false }: Props) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => {
    void navigator.clipboard.writeText(text()).then(() => setCopied(true));
  };
  const icon = copied ? <CheckOutlined /> : <CopyOutlined />;
  const said = copied ? t('state.copied') : label;
  if (!bare) {
    return (
      <Button icon={icon} onClick={copy}>
        {said}
      </Button>
    );
  }
  return (
    <Tooltip title={said}>
      <Button type="text" size="small" aria-label={said} icon={icon} onClick={copy} />
    </Tooltip>
  );
}
