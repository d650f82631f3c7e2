import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { count } from '../words/formats.ts';
import type { SavedView } from './setup.ts';

export type View = { name: string; link: string; count?: number | undefined };

type Props = {
  views: readonly View[];
  saved: readonly SavedView[];
  onSave: (views: SavedView[]) => void;
};

/** Named views of a list: links with the number behind them, and those that this person named. */
export function Views({ views, saved, onSave }: Props) {
  const { t } = useTranslation();
  const { search } = useLocation();
  const here = withoutPage(search);
  const known = [...views, ...saved].some(({ link }) => withoutPage(link) === here);
  return (
    <nav className="views" aria-label={t('list.views')}>
      {views.map((view) => (
        <ViewLink key={view.link} view={view} here={here} />
      ))}
      {saved.map((view) => (
        <span key={view.link} className="views-saved">
          <ViewLink view={view} here={here} />
          <button
            type="button"
            aria-label={t('list.forgetView', { name: view.name })}
            onClick={() => onSave(saved.filter(({ link }) => link !== view.link))}
          >
            <CloseOutlined aria-hidden />
          </button>
        </span>
      ))}
      {!known && <SaveView onSave={(name) => onSave([...saved, { name, link: here }])} />}
    </nav>
  );
}

function ViewLink({ view, here }: { view: View; here: string }) {
  return (
    <Link to={view.link} aria-current={withoutPage(view.link) === here ? 'true' : undefined}>
      {view.name}
      {view.count !== undefined && <span>{count(view.count)}</span>}
    </Link>
  );
}

function SaveView({ onSave }: { onSave: (name: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const save = () => {
    if (name.trim() === '') return;
    setOpen(false);
    setName('');
    onSave(name.trim());
  };
  const form = (
    <div className="views-form">
      <Input
        autoFocus
        aria-label={t('list.viewName')}
        placeholder={t('list.viewName')}
        maxLength={20}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={save}
      />
      <Button type="primary" onClick={save}>
        {t('list.save')}
      </Button>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomLeft" open={open} onOpenChange={setOpen} content={form}>
      <button type="button" className="views-save">
        <PlusOutlined aria-hidden /> {t('list.saveView')}
      </button>
    </Popover>
  );
}

/** Two pages of one list are one view; so are two orders of the same conditions. */
function withoutPage(link: string): string {
  const params = new URLSearchParams(link);
  for (const name of ['after', 'before', 'size']) params.delete(name);
  params.sort();
  const text = params.toString();
  return text === '' ? '?' : `?${text}`;
}
