import { useId } from 'react';
import type { ReactNode } from 'react';
import './detail.css';

type Props = {
  title: ReactNode;
  /** Behind the title: how many, as of when. */
  note?: ReactNode;
  /** At the end of the head: a link to all of it, a choice. */
  extra?: ReactNode;
  /** The content brings its own edges, as a table does. */
  flush?: boolean;
  children: ReactNode;
};

/** A part of a page with its head. */
export function Card({ title, note, extra, flush = false, children }: Props) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="panel-note">{note}</span>}
        {extra !== undefined && <span className="panel-extra">{extra}</span>}
      </header>
      <div className={flush ? 'panel-flush' : 'panel-body'}>{children}</div>
    </section>
  );
}

/** Names and values, one to a line; a line without a value is not drawn. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
