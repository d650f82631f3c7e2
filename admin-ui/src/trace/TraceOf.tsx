import { Link } from 'react-router';
import { useAnswer } from '../api/useAnswer.ts';
import { Card } from '../detail/Card.tsx';
import { useTexts } from '../language/texts.ts';
import { Failed } from '../states/states.tsx';
import { moment, shortMoment } from '../words/formats.ts';
import { TRACES_OF } from './question.ts';
import type { TracesAnswer } from './question.ts';
import { texts } from './texts.ts';
import './trace.css';
import { useTraceWords } from './words.ts';

type Props = { title: string; all: string; none: string; customer: string };

/** What was lately done about a client, newest first. */
export function TraceOf({ title, all, none, customer }: Props) {
  const t = useTexts(texts);
  const { actionWord } = useTraceWords();
  const answer = useAnswer<Pick<TracesAnswer, 'traces'>>(TRACES_OF, { customer });
  const traces = answer.data?.traces.edges.map(({ node }) => node) ?? [];
  const partyId = traces[0]?.partyId;
  return (
    <Card
      title={title}
      extra={partyId && <Link to={`/trace?partyId=${encodeURIComponent(partyId)}`}>{all}</Link>}
    >
      {answer.problem ? (
        <Failed
          title={t('failed')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={answer.problem}
          onRetry={answer.reload}
          quiet
        />
      ) : answer.data && traces.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <ol className="timeline">
          {traces.map((trace) => (
            <li key={trace.id}>
              <div>
                <strong>{actionWord(trace.action)}</strong>
                <time dateTime={trace.at} title={moment(trace.at)}>
                  {shortMoment(trace.at, new Date())}
                </time>
              </div>
              <span>
                {trace.actor.kind === 'system' ? t('system') : trace.actor.name}
                {trace.reason ? ` · ${trace.reason}` : ''}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
