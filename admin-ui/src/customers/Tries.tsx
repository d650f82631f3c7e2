import { CheckOutlined, InfoCircleOutlined, StopOutlined, WarningOutlined } from '@ant-design/icons';
import { Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../api/useAnswer.ts';
import { Card } from '../detail/Card.tsx';
import { Dialog } from '../dialog/Dialog.tsx';
import { useTexts } from '../language/texts.ts';
import { column } from '../list/columns.ts';
import { DataTable } from '../list/DataTable.tsx';
import '../list/list.css';
import type { TabCustomer } from '../pages/declaration.ts';
import { Empty, Failed, Loading } from '../states/states.tsx';
import { count } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import type { Named } from '../words/named.ts';
import { CHANNELS, Price, Risk, usePriceText } from '../words/products.tsx';
import type { Channel, PriceFact } from '../words/products.tsx';
import { TRIES, WHY } from './question.ts';
import type { TriesAnswer, TryRow, WhyAnswer } from './question.ts';
import { texts } from './texts.ts';
import { useCode } from './words.tsx';

/** What may be offered to this client on a touchpoint, at what price, each with its why. */
export function Tries({ customer }: { customer: TabCustomer }) {
  const t = useTexts(texts);
  const words = useTranslation().t;
  const named = useNamed();
  const [channel, setChannel] = useState<Channel>('APP');
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<TryRow>();
  const columns = useTryColumns(setAsked);
  const answer = useAnswer<TriesAnswer>(TRIES, {
    no: customer.customerNo,
    channel,
    filter: text.trim() === '' ? null : { text: text.trim() },
  });
  const found = answer.data?.browseProducts;
  const rows = found?.edges.map(({ node }) => node);
  return (
    <Card
      title={t('tryTitle')}
      note={t('tryNote')}
      flush
      extra={
        <Select
          size="small"
          aria-label={t('channel')}
          value={channel}
          onChange={setChannel}
          options={CHANNELS.map((value) => ({ value, label: words(`word.channel.${value}`) }))}
        />
      }
    >
      <div className="tries-search">
        <Input
          allowClear
          aria-label={t('trySearch')}
          placeholder={t('trySearch')}
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {found && (
          <span className="quiet">
            {t('tryMore', { count: count(found.totalCount), shown: rows?.length ?? 0 })}
          </span>
        )}
      </div>
      {answer.problem ? (
        <Failed
          title={t('failed')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={answer.problem}
          onRetry={answer.reload}
          quiet
        />
      ) : rows?.length === 0 ? (
        <Empty title={t('tryNone')} text={t('tryNoneText')} />
      ) : (
        <DataTable
          caption={t('tryTitle')}
          columns={columns}
          rows={rows}
          keyOf={(row) => row.product.id}
          nameOf={(row) => named(row.product.name)}
          dense={false}
          stale={answer.stale}
          skeletons={8}
          current={asked?.product.id}
        />
      )}
      {asked && (
        <Dialog
          drawer
          width="496px"
          title={t('whyOf', { name: named(asked.product.name) })}
          onClose={() => setAsked(undefined)}
        >
          <WhyBody code={asked.product.code} no={customer.customerNo} channel={channel} />
        </Dialog>
      )}
    </Card>
  );
}

function useTryColumns(onWhy: (row: TryRow) => void) {
  const t = useTexts(texts);
  const named = useNamed();
  const code = useCode();
  const priceText = usePriceText();
  const priceOf = ({ price }: TryRow): PriceFact | null => ('reason' in price ? null : price);
  return [
    column<TryRow>('product', t('product'), (row) => named(row.product.name), {
      cell: ({ product }) => (
        <>
          {named(product.name)} <span className="code">{product.code}</span>
        </>
      ),
    }),
    column<TryRow>('risk', t('risk'), (row) => row.product.riskRating?.level ?? '', {
      width: '56px',
      cell: (row) => <Risk level={row.product.riskRating?.level} />,
    }),
    column<TryRow>('price', t('price'), (row) => priceText(priceOf(row)), {
      width: '104px',
      align: 'right',
      cell: (row) => <Price price={priceOf(row)} />,
    }),
    column<TryRow>('outcome', t('outcome'), (row) => code(row.suitability?.outcome ?? ''), {
      width: '136px',
      cell: ({ suitability }) => (suitability ? <Outcome outcome={suitability.outcome} /> : '—'),
    }),
    column<TryRow>('why', t('why'), () => '', {
      width: '76px',
      cell: (row) => (
        <button type="button" className="link why" onClick={() => onWhy(row)}>
          <InfoCircleOutlined aria-hidden /> {t('why')}
          <span className="visually-hidden"> {named(row.product.name)}</span>
        </button>
      ),
    }),
  ];
}

/** An outcome by icon, word and colour. */
export function Outcome({ outcome }: { outcome: string }) {
  const code = useCode();
  const Icon = outcome === 'MATCH' ? CheckOutlined : outcome === 'FORBIDDEN' ? StopOutlined : WarningOutlined;
  return (
    <span className={`outcome outcome-${outcome}`}>
      <Icon aria-hidden /> {code(outcome)}
    </span>
  );
}

function WhyBody({ code, no, channel }: { code: string; no: string; channel: Channel }) {
  const t = useTexts(texts);
  const answer = useAnswer<WhyAnswer>(WHY, { code, no, channel }, { keep: false });
  if (answer.problem)
    return (
      <Failed
        title={t('whyFailed')}
        detail={t('failedDetail')}
        notDone={t('failedNotDone')}
        problem={answer.problem}
        onRetry={answer.reload}
        quiet
      />
    );
  if (!answer.data) return <Loading />;
  return (
    <>
      <Lines title={t('whyOutcome')} lines={answer.data.explainOutcome?.lines ?? []} />
      <Lines title={t('whyPrice')} lines={answer.data.explainPrice?.lines ?? []} />
    </>
  );
}

/** Sentences of an explanation; the first one is the answer. */
export function Lines({ title, lines }: { title: string; lines: readonly Named[] }) {
  const named = useNamed();
  return (
    <section className="why-part">
      <h3>{title}</h3>
      <ol>
        {lines.map((line, index) => (
          <li key={index}>{named(line)}</li>
        ))}
      </ol>
    </section>
  );
}
