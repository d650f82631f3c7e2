import { useEffect, useId } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

type Tab = { id: string; label: ReactNode };
type Props = {
  label: string;
  tabs: Tab[];
  active: string;
  onChange: (id: string) => void;
  children: ReactNode;
};

/** Tabs by the book: arrows move, one tab is in the tab order, the panel is named by its tab. */
export function Tabs({ label, tabs, active, onChange, children }: Props) {
  const id = useId();
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [id, active]);

  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const index = tabs.findIndex((tab) => tab.id === active);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} className="tabs" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === active}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === active ? 0 : -1}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${active}`} className="tab-panel">
        {children}
      </div>
    </>
  );
}
