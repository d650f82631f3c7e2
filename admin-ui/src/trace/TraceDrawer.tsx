import { Button } from 'antd';
import { Facts } from '../detail/Card.tsx';
import { DataView } from '../data/DataView.tsx';
import { Dialog } from '../dialog/Dialog.tsx';
import { useTexts } from '../language/texts.ts';
import { count, moment } from '../words/formats.ts';
import type { Trace } from './question.ts';
import { texts } from './texts.ts';
import { useTraceWords } from './words.ts';

type Props = {
  trace: Trace;
  onNarrow: (values: Record<string, string | undefined>) => void;
  onClose: () => void;
};

/** One record: who, what, to what, why, the facts that prove it, and the seal that vouches for it. */
export function TraceDrawer({ trace, onNarrow, onClose }: Props) {
  const t = useTexts(texts);
  const { actionWord, subjectWord } = useTraceWords();
  const { actor } = trace;
  const narrow = (values: Record<string, string | undefined>) => {
    onClose();
    onNarrow(values);
  };
  return (
    <Dialog drawer width="496px" title={actionWord(trace.action)} onClose={onClose}>
      <Facts
        facts={[
          [t('at'), moment(trace.at)],
          [t('who'), actor.kind === 'system' ? `${t('system')} · ${actor.name}` : actor.name],
          [t('channel'), actor.channel ?? undefined],
          [t('about'), `${subjectWord(trace.subjectType)} ${trace.subjectId}`],
          [t('reason'), trace.reason ?? '—'],
          [t('request'), trace.requestId === null ? undefined : <code>{trace.requestId}</code>],
        ]}
      />
      <h3 className="panel-sub">{t('facts')}</h3>
      {Object.keys(trace.details).length === 0 ? (
        <p className="quiet">{t('factsNone')}</p>
      ) : (
        <DataView data={trace.details} />
      )}
      <p className="note-plain trace-note">
        {trace.sealNo === null ? t('verifySoon') : t('verify', { no: count(trace.sealNo) })}
      </p>
      <div className="trace-narrow">
        <Button onClick={() => narrow({ actorId: actor.id, actorName: actor.name })}>{t('onlyActor')}</Button>
        <Button onClick={() => narrow({ subjectType: trace.subjectType, subjectId: trace.subjectId })}>
          {t('onlySubject')}
        </Button>
        {trace.partyId !== null && (
          <Button onClick={() => narrow({ partyId: trace.partyId ?? undefined })}>{t('onlyClient')}</Button>
        )}
      </div>
    </Dialog>
  );
}
