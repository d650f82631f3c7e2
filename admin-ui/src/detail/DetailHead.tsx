import type { ReactNode } from 'react';
import './detail.css';

type Props = {
  title: ReactNode;
  /** Tags behind the name: state, tier. */
  tags?: ReactNode;
  /** One line below: code, number, place. */
  line?: ReactNode;
  /** The three facts that matter. */
  facts?: readonly { name: string; value: ReactNode }[];
  /** The one next action, and the others. */
  actions?: ReactNode;
  /** Tabs of the page. */
  children?: ReactNode;
};

/** The head of a page about one thing. It stays in sight while the page below scrolls. */
export function DetailHead({ title, tags, line, facts = [], actions, children }: Props) {
  return (
    <header className="detail-head">
      <div className="detail-who">
        <div className="detail-name">
          <h1>{title}</h1>
          {tags}
        </div>
        {line !== undefined && <div className="detail-line">{line}</div>}
      </div>
      {facts.length > 0 && (
        <dl className="detail-facts">
          {facts.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {actions !== undefined && <div className="detail-actions">{actions}</div>}
      {children !== undefined && <div className="detail-tabs">{children}</div>}
    </header>
  );
}
