import { CloseOutlined } from '@ant-design/icons';
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './dialog.css';

type Props = {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** CSS width. */
  width?: string;
  /** From the end side and as high as the page, so that what it explains stays in sight. */
  drawer?: boolean;
};

/**
 * The browser's own dialog: it keeps the focus, closes by Escape and needs no style that the page's policy forbids.
 * A drawer does not mask the page.
 */
export function Dialog({ title, onClose, children, width = '640px', drawer = false }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const before = document.activeElement;
    if (drawer) dialog.show();
    else dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, [drawer]);

  return (
    <dialog
      ref={element}
      className={drawer ? 'dialog dialog-drawer' : 'dialog'}
      style={{ width }}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (drawer && event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="plain" aria-label={t('dialog.close')} onClick={onClose}>
          <CloseOutlined aria-hidden />
        </button>
      </header>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}

/** Where what drops down from a control is drawn: inside the dialog that the control is in, else on the page. */
export function popupContainer(trigger?: HTMLElement): HTMLElement {
  return trigger?.closest('dialog') ?? document.body;
}
