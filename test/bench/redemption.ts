import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemActor } from '../../core/access/actor.ts';
import { startApp } from '../../core/app.ts';
import { parseConfig } from '../../core/config.ts';
import { collectionOf } from '../../core/db/collection.ts';
import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { createLogger } from '../../core/log.ts';
import type { Host } from '../../core/plugin/contract.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { ledgerService } from '../../plugins/loyalty/contract.ts';
import { merchantActor } from '../../plugins/loyalty/merchant/service.ts';
import { REDEMPTION_TOKENS, type RedemptionTokenRecord } from '../../plugins/loyalty/partner/model.ts';
import { partnerService } from '../../plugins/loyalty/partner/service.ts';
import { tokenId } from '../../plugins/loyalty/partner/token.ts';
import { decideMerchant } from '../support/partner.ts';
import { openPostgresRedemptions } from './postgres-redemption.ts';
import { interleaved, perSecond, rate, type BenchOptions, type BenchReport } from './report.ts';

const CLIENTS = 32;
const ACCOUNTS = 256;
const MERCHANTS = 8;
/** More than any round comes to. */
const TOKENS_A_SECOND = 2500;

/**
 * Durable redemptions: reserve with a one-time token, then confirm, each a commit on disk of its own, under keys. Beside
 * them the same on PostgreSQL by hand: double entry, tokens, references and keys, each step a transaction.
 */
export async function redemptionRows(report: BenchReport, { quick }: BenchOptions): Promise<void> {
  const rounds = quick ? 1 : 5;
  const durationMs = quick ? 1500 : 4000;
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const engine = await launchEmbedded({ dataFolder: join(folder, 'database') });
  const config = parseConfig({
    TESSERA_DATA: folder,
    TESSERA_ROLE: 'api',
    TESSERA_SAMPLE: '0',
    LOG_LEVEL: 'fatal',
    PORT: '0',
  });
  const logger = createLogger(config.logLevel);
  const app = await startApp({ config, databaseUri: engine.uri, plugins: installedPlugins, logger });
  const postgres = await openPostgresRedemptions({ accounts: ACCOUNTS, merchants: MERCHANTS });
  try {
    report.progress('redemptions at merchants, spread and at one merchant');
    const house = await Redemptions.prepare(app.hosts.of('loyalty'));
    await house.round(500, MERCHANTS);
    const [hot, spread] = await interleaved(rounds, [
      () => house.round(durationMs, 1),
      () => house.round(durationMs, MERCHANTS),
    ]);
    report.add({
      what: `durable redemptions (reserve and confirm) at one merchant, ${CLIENTS} clients`,
      figure: perSecond(hot),
      against: `${perSecond(spread)} spread over ${MERCHANTS} merchants`,
      ratio: hot / spread,
      goal: { atLeast: 0.9 },
    });
    if (typeof postgres === 'string') {
      report.add({
        what: `durable redemptions, ${CLIENTS} clients`,
        figure: perSecond(spread),
        against: `nothing: ${postgres}`,
        ratio: null,
        goal: null,
      });
      return;
    }
    report.progress('redemptions beside PostgreSQL');
    const [ours, theirs] = await interleaved(rounds, [
      () => house.round(durationMs, MERCHANTS),
      () => rate(CLIENTS, durationMs, (client) => postgres.redeem(client)),
    ]);
    report.add({
      what: `durable redemptions (reserve and confirm), ${CLIENTS} clients, ${ACCOUNTS} accounts`,
      figure: perSecond(ours),
      against: `${perSecond(theirs)}, a hand-written double entry of the same shape on PostgreSQL`,
      ratio: ours / theirs,
      goal: { atLeast: 1 },
    });
  } finally {
    if (typeof postgres !== 'string') await postgres.close();
    await app.stop();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Redemptions of one point each, by the service that answers `/partner/v1`. */
class Redemptions {
  readonly #host: Host;
  #tokens = 0;
  #redeemed = 0;

  private constructor(host: Host) {
    this.#host = host;
  }

  static async prepare(host: Host): Promise<Redemptions> {
    for (let n = 0; n < MERCHANTS; n++) await decideMerchant(host, `M-${n}`);
    const ledger = host.service(ledgerService);
    const actor = systemActor('bench');
    await Promise.all(
      Array.from({ length: ACCOUNTS }, (_, n) => {
        const cause = { type: 'bench', id: `gift-${n}`, ruleId: 'gift', ruleVersion: 1 };
        return ledger.earn({ actor, key: cause.id }, { partyId: `party-${n}`, points: 100_000_000, cause });
      }),
    );
    return new Redemptions(host);
  }

  /** Redemptions a second, at so many merchants; the tokens are made before the clock runs. */
  async round(durationMs: number, merchants: number): Promise<number> {
    const from = this.#tokens;
    this.#tokens += Math.ceil((durationMs / 1000) * TOKENS_A_SECOND);
    await this.#issue(from, this.#tokens, merchants);
    this.#redeemed = from;
    const service = this.#host.service(partnerService);
    const actors = Array.from({ length: merchants }, (_, n) =>
      merchantActor({ _id: `M-${n}`, name: { zh: `M-${n}`, en: `M-${n}` } }),
    );
    return rate(CLIENTS, durationMs, async () => {
      const n = this.#redeemed++;
      if (n >= this.#tokens) throw new Error('The bench has too few tokens for so fast a platform.');
      const actor = actors[n % merchants]!;
      const body = { token: `bench-${n}`, reference: `r-${n}`, points: 1 };
      const reserved = await service.reserve(actor, `r-${n}`, body);
      if (!reserved.ok) throw new Error(reserved.code);
      const { id } = reserved.reservation;
      const confirmed = await service.change(actor, `c-${n}`, { type: 'confirm', id });
      if (!confirmed.ok) throw new Error(confirmed.code);
    });
  }

  async #issue(from: number, to: number, merchants: number): Promise<void> {
    const now = Date.now();
    const tokens = Array.from({ length: to - from }, (_, index): RedemptionTokenRecord => {
      const n = from + index;
      return {
        _id: tokenId(`bench-${n}`),
        merchantCode: `M-${n % merchants}`,
        partyId: `party-${n % ACCOUNTS}`,
        pseudonym: `c_${n % ACCOUNTS}`,
        pointType: 'POINTS',
        pointsMax: 1,
        channel: 'APP',
        expiresAt: new Date(now + 600_000),
        removeAt: new Date(now + 86_400_000),
      };
    });
    await collectionOf<RedemptionTokenRecord>(this.#host, REDEMPTION_TOKENS).insertMany(tokens);
  }
}
