import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { systemClock } from '../../core/time/clock.ts';
import type { PointsAnswer } from '../../plugins/loyalty/store/posting.ts';
import { startLedger } from './ledger-host.ts';

/** What the parent says: the folder to open, or a request to redeem under a key. */
export type ToLedger = { readonly open: string } | { readonly key: string; readonly partyId: string };
/** What it hears: who is up, and the answer to each key once it is durable. */
export type FromLedger =
  | { readonly loaded: true }
  | { readonly up: { readonly databasePid: number; readonly uri: string } }
  | { readonly key: string; readonly answer: PointsAnswer };

export const POINTS_EACH = 7;

/** A server with its own database, in a process of its own, which somebody will kill. */
if (process.send) {
  const tell = (word: FromLedger) => process.send!(word);
  process.once('message', ({ open }: { open: string }) => void serve(open));
  tell({ loaded: true });

  async function serve(dataFolder: string): Promise<void> {
    const database = await launchEmbedded({ dataFolder });
    const uri = new URL(database.uri);
    uri.pathname = '/kill';
    const { ledger, actor, give } = await startLedger({ clock: systemClock, uri: uri.toString() });
    for (let client = 0; client < 8; client++)
      if ((await ledger.account(`client-${client}`)).seq === 0) await give(`client-${client}`, 1_000_000);
    process.on('message', ({ key, partyId }: { key: string; partyId: string }) => {
      const cause = { type: 'order', id: key };
      void ledger
        .reserve({ actor, key }, { partyId, points: POINTS_EACH, cause })
        .then((answer) => tell({ key, answer }));
    });
    tell({ up: { databasePid: database.pid, uri: uri.toString() } });
  }
}
