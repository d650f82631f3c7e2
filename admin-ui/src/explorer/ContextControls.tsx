import { Select, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DemoApiClient, DemoConfig } from '../installation/installation.tsx';
import { myself } from './sending.ts';
import type { Controls } from './useControls.ts';

const knownChannels = ['WEBSITE', 'TERMINAL', 'APP', 'CALL_CENTRE', 'SMS', 'BRANCH'];

type TouchpointProps = { config: DemoConfig; sender: string; me: string; onChange: (sender: string) => void };

/** Whose token the query is sent with, and thereby the channel it asks for. */
export function TouchpointControl({ config, sender, me, onChange }: TouchpointProps) {
  const { t } = useTranslation();
  const nameOf = ({ channel, name }: DemoApiClient) =>
    knownChannels.includes(channel) ? t(`explorer.channel.${channel}`) : name;
  const options = [
    ...config.apiClients.map((client) => ({ value: client.channel, label: nameOf(client) })),
    { value: myself, label: t('explorer.asMyself', { name: me }) },
  ];
  return (
    <Select
      className="explorer-control"
      prefix={<span className="explorer-control-name">{t('explorer.touchpoint')}</span>}
      aria-label={t('explorer.touchpoint')}
      value={sender}
      options={options}
      onChange={onChange}
      popupMatchSelectWidth={false}
    />
  );
}

/** Now, or a moment in Shanghai's time; needs a variable $asOf in the query. */
export function TimeControl({ control }: { control: Controls['time'] }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const unused = control.use === 'unused';
  const at = !unused && (asking || control.value !== '');
  const choose = (value: string) => {
    setAsking(value === 'at');
    if (value === 'now') control.set('');
  };
  const select = (
    <Select
      className="explorer-control"
      prefix={<span className="explorer-control-name">{t('explorer.time')}</span>}
      aria-label={t('explorer.time')}
      disabled={unused}
      value={at ? 'at' : 'now'}
      options={[
        { value: 'now', label: t('explorer.now') },
        { value: 'at', label: t('explorer.at') },
      ]}
      onChange={choose}
      popupMatchSelectWidth={false}
    />
  );
  return (
    <>
      {unused ? <Tooltip title={t('explorer.timeUnused')}>{select}</Tooltip> : select}
      {at && (
        <input
          type="datetime-local"
          className="explorer-time"
          aria-label={t('explorer.atLabel')}
          value={control.value}
          onChange={(event) => control.set(event.target.value)}
        />
      )}
    </>
  );
}
