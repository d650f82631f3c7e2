import { Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import { instantOf } from '../../words/formats.ts';
import { CHANNELS } from '../../words/products.tsx';
import type { Channel } from '../../words/products.tsx';

/** Both windows of a channel as typed; empty means at once, or open. */
export type Windows = {
  visibleFrom: string;
  visibleUntil: string;
  purchasableFrom: string;
  purchasableUntil: string;
};
export type ChosenChannels = Partial<Record<Channel, Windows>>;

const OPEN: Windows = { visibleFrom: '', visibleUntil: '', purchasableFrom: '', purchasableUntil: '' };
const EDGES = ['visibleFrom', 'visibleUntil', 'purchasableFrom', 'purchasableUntil'] as const;

/** The choice as the platform takes it. */
export function windowsInput(chosen: ChosenChannels): Record<string, string>[] {
  return CHANNELS.flatMap((channel) => {
    const windows = chosen[channel];
    if (!windows) return [];
    const given = EDGES.flatMap((edge) => {
      const instant = instantOf(windows[edge]);
      return instant === null ? [] : [[edge, instant] as const];
    });
    return [{ channel, ...Object.fromEntries(given) }];
  });
}

type Props = { chosen: ChosenChannels; onChange: (chosen: ChosenChannels) => void };

/** On which channels, visible and purchasable from when until when. */
export function ChannelChoice({ chosen, onChange }: Props) {
  const { t } = useTranslation();
  const set = (channel: Channel, windows: Windows | undefined) => {
    const { [channel]: _old, ...others } = chosen;
    onChange(windows ? { ...others, [channel]: windows } : others);
  };
  return (
    <fieldset className="channels">
      <legend>{t('command.channels')}</legend>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('product.channel')}</th>
            <th scope="col" colSpan={2}>
              {t('command.visible')}
            </th>
            <th scope="col" colSpan={2}>
              {t('command.purchasable')}
            </th>
          </tr>
        </thead>
        <tbody>
          {CHANNELS.map((channel) => {
            const windows = chosen[channel];
            const name = t(`word.channel.${channel}`);
            return (
              <tr key={channel}>
                <th scope="row">
                  <Checkbox
                    checked={windows !== undefined}
                    onChange={(event) => set(channel, event.target.checked ? OPEN : undefined)}
                  >
                    {name}
                  </Checkbox>
                </th>
                {windows === undefined ? (
                  <td colSpan={4} className="quiet">
                    {t('command.unchanged')}
                  </td>
                ) : (
                  EDGES.map((edge) => (
                    <td key={edge}>
                      <input
                        type="datetime-local"
                        className="instant"
                        aria-label={`${name} ${t(`command.edge.${edge}`)}`}
                        value={windows[edge]}
                        onChange={(event) => set(channel, { ...windows, [edge]: event.target.value })}
                      />
                    </td>
                  ))
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="quiet">{t('command.windowsHint')}</p>
    </fieldset>
  );
}
