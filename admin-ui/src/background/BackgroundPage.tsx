import { Button, Tooltip } from 'antd';
import { useAnswer, useSend } from '../api/useAnswer.ts';
import { Card } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import { column } from '../list/columns.ts';
import { DataTable } from '../list/DataTable.tsx';
import '../list/list.css';
import { useSignedIn } from '../session/session.tsx';
import { ProblemLine } from '../states/ProblemLine.tsx';
import { Failed } from '../states/states.tsx';
import { count, moment } from '../words/formats.ts';
import '../words/words.css';
import { texts } from './texts.ts';

const TROUBLE = `query Trouble {
  jobs(first: 100) { edges { node { id name attempts dueAt failure { message } } } }
  troubledEvents(first: 100) { edges { node { id handler key event at tries failure { message } } } }
}`;
const RESUME_JOB = `mutation ResumeJob($id: ID!) { resumeJob(id: $id) { id } }`;
const RESUME_EVENTS = `mutation ResumeEvents($handler: String!, $key: String!) { resumeEvents(handler: $handler, key: $key) }`;

type Failure = { failure: { message: string } | null };
type Job = Failure & { id: string; name: string; attempts: number; dueAt: string };
type Event = Failure & { id: string; handler: string; key: string; event: string; at: string; tries: number };
type Trouble = { jobs: { edges: { node: Job }[] }; troubledEvents: { edges: { node: Event }[] } };

/** What the platform could not do by itself, and the way to try it again. */
export default function BackgroundPage() {
  const t = useTexts(texts);
  const { actor } = useSignedIn();
  const { send, sending, problem } = useSend();
  const answer = useAnswer<Trouble>(TROUBLE, NOTHING);
  const resume = (permission: string, what: string, onResume: () => void) => {
    const may = actor.permissions.includes(permission);
    return (
      <Tooltip title={may ? undefined : t('mayNot')}>
        <Button size="small" disabled={!may || sending} onClick={onResume}>
          {t('resume')}
          <span className="visually-hidden"> {what}</span>
        </Button>
      </Tooltip>
    );
  };
  const shared = <Row extends Failure>(at: (row: Row) => string, tries: (row: Row) => number) => [
    column<Row>('tries', t('tries'), (row) => count(tries(row)), { width: '72px', align: 'right' }),
    column<Row>('because', t('because'), ({ failure }) => failure?.message ?? '—', {
      cell: ({ failure }) => <span title={failure?.message}>{failure?.message ?? '—'}</span>,
    }),
    column<Row>('at', t('at'), (row) => moment(at(row)), { width: '144px' }),
  ];
  const jobs = answer.data?.jobs.edges.map(({ node }) => node);
  const events = answer.data?.troubledEvents.edges.map(({ node }) => node);
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>{t('title')}</h1>
      </header>
      {problem && <ProblemLine problem={problem} notDone={t('failedNotDone')} />}
      {answer.problem ? (
        <Failed
          title={t('failed')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={answer.problem}
          onRetry={answer.reload}
        />
      ) : (
        <>
          <Card title={t('jobs')} note={jobs && count(jobs.length)} flush={jobs?.length !== 0}>
            {jobs?.length === 0 ? (
              <p className="quiet">{t('noJobs')}</p>
            ) : (
              <DataTable
                caption={t('jobs')}
                columns={[
                  column<Job>('name', t('name'), (row) => row.name, { width: '220px' }),
                  ...shared<Job>(
                    (row) => row.dueAt,
                    (row) => row.attempts,
                  ),
                  column<Job>('act', t('act'), () => '', {
                    width: '96px',
                    cell: (row) =>
                      resume('job.resume', row.name, () => void send(RESUME_JOB, { id: row.id })),
                  }),
                ]}
                rows={jobs}
                keyOf={(row) => row.id}
                nameOf={(row) => row.name}
                dense={false}
                stale={answer.stale}
                skeletons={3}
              />
            )}
          </Card>
          <Card title={t('events')} note={events && count(events.length)} flush={events?.length !== 0}>
            {events?.length === 0 ? (
              <p className="quiet">{t('noEvents')}</p>
            ) : (
              <DataTable
                caption={t('events')}
                columns={[
                  column<Event>('handler', t('handler'), (row) => `${row.handler} · ${row.event}`, {
                    width: '320px',
                  }),
                  ...shared<Event>(
                    (row) => row.at,
                    (row) => row.tries,
                  ),
                  column<Event>('act', t('act'), () => '', {
                    width: '96px',
                    cell: (row) =>
                      resume(
                        'event.resume',
                        row.event,
                        () => void send(RESUME_EVENTS, { handler: row.handler, key: row.key }),
                      ),
                  }),
                ]}
                rows={events}
                keyOf={(row) => row.id}
                nameOf={(row) => row.event}
                dense={false}
                stale={answer.stale}
                skeletons={3}
              />
            )}
          </Card>
        </>
      )}
    </div>
  );
}

const NOTHING = {};
