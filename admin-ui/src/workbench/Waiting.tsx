import { AuditOutlined, ClockCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Card } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import { Empty } from '../states/states.tsx';
import { count, moment, shortMoment } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import type { Row, Task } from './question.ts';
import { texts } from './texts.ts';

type Line = Row & { task: Task };

const icons = { SINCE: AuditOutlined, FAILED: WarningOutlined, DUE: ClockCircleOutlined };
const rank = { FAILED: 0, SINCE: 1, DUE: 2 };

/** One list of what waits, narrowed by sort; only the first line has the filled button. */
export function Waiting({ tasks }: { tasks: readonly Task[] | undefined }) {
  const t = useTexts(texts);
  const named = useNamed();
  const [chosen, setChosen] = useState<string>();
  const lines: Line[] = (tasks ?? [])
    .flatMap((task) => (task.rows ?? []).map((row) => ({ ...row, task })))
    .sort((a, b) => rank[a.when] - rank[b.when]);
  const shown = lines.filter(({ task }) => chosen === undefined || task.code === chosen);
  const missing = (tasks ?? []).filter(({ rows }) => rows === null);
  const sum = (of: readonly Line[]) => count(of.reduce((total, row) => total + row.count, 0));
  return (
    <Card
      title={t('waiting')}
      flush
      note={
        <span className="chips" role="group" aria-label={t('kinds')}>
          <Chip on={chosen === undefined} onPick={() => setChosen(undefined)}>
            {t('all')} <span>{sum(lines)}</span>
          </Chip>
          {(tasks ?? []).map((task) => (
            <Chip key={task.code} on={chosen === task.code} onPick={() => setChosen(task.code)}>
              {named(task.title)} <span>{sum(lines.filter((line) => line.task.code === task.code))}</span>
            </Chip>
          ))}
        </span>
      }
    >
      {missing.length > 0 && (
        <p className="note-warning workbench-missing" role="alert">
          {t('missing', { names: missing.map(({ title }) => named(title)).join('、') })}
        </p>
      )}
      {tasks === undefined ? (
        <Skeletons />
      ) : shown.length === 0 ? (
        <NothingWaits kind={chosen !== undefined} />
      ) : (
        <ul className="tasks">
          {shown.map((line, index) => (
            <TaskLine key={`${line.task.code} ${line.link}`} line={line} first={index === 0} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Chip({ on, onPick, children }: { on: boolean; onPick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="chip-choice" aria-pressed={on} onClick={onPick}>
      {children}
    </button>
  );
}

function TaskLine({ line, first }: { line: Line; first: boolean }) {
  const t = useTexts(texts);
  const named = useNamed();
  const navigate = useNavigate();
  const Icon = icons[line.when];
  const when = { SINCE: 'since', FAILED: 'failed', DUE: 'due' } as const;
  return (
    <li data-first={first || undefined} data-when={line.when}>
      <Icon aria-hidden />
      <div className="task-what">
        <strong>
          {named(line.title)}
          {line.count > 1 && (
            <span className="mark mark-plain">{t('things', { count: count(line.count) })}</span>
          )}
        </strong>
        {line.detail && <span>{named(line.detail)}</span>}
      </div>
      <span className="task-when">
        {t(when[line.when])}{' '}
        <time dateTime={line.at} title={moment(line.at)}>
          {shortMoment(line.at, new Date())}
        </time>
      </span>
      <Button type={first ? 'primary' : 'default'} onClick={() => void navigate(line.link)}>
        {named(line.task.verb)}
        <span className="visually-hidden"> {named(line.title)}</span>
      </Button>
    </li>
  );
}

function NothingWaits({ kind }: { kind: boolean }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  return (
    <Empty title={kind ? t('nothingKind') : t('nothing')} text={t('nothingText')}>
      <Button onClick={() => void navigate('/products')}>{t('seeProducts')}</Button>
    </Empty>
  );
}

function Skeletons() {
  return (
    <ul className="tasks" aria-hidden>
      {[1, 2, 3, 4, 5].map((key) => (
        <li key={key} className="rows-skeleton">
          <span />
        </li>
      ))}
    </ul>
  );
}
