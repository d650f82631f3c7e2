import { publishedFeed } from './catalog/browse/feature.ts';
import { eventService } from './event/service.ts';
import type { Metrics } from './http/metrics.ts';
import { jobService } from './job/service.ts';
import type { Host } from './plugin/contract.ts';

/** What an operator watches beside requests; each is read when metrics are scraped. */
export function declareGauges(metrics: Metrics, host: Host): void {
  const events = host.service(eventService);
  const jobs = host.service(jobService);
  const feed = host.service(publishedFeed);
  metrics.gauge(
    'tessera_events_oldest_seconds',
    'Age of the oldest event not handed on',
    async () => (await events.lag()).oldestMs / 1000,
  );
  metrics.gauge(
    'tessera_events_parked',
    'Events that failed and wait for staff',
    async () => (await events.lag()).parked,
  );
  metrics.gauge('tessera_jobs_dead', 'Jobs that failed for good', async () => (await jobs.count()).DEAD);
  metrics.gauge(
    'tessera_jobs_orphaned',
    'Jobs that no installed plugin knows',
    async () => (await jobs.count()).ORPHANED,
  );
  metrics.gauge('tessera_jobs_ready', 'Jobs that wait to be run', async () => (await jobs.count()).READY);
  metrics.gauge(
    'tessera_catalog_publication',
    'Publication that this process serves',
    () => feed.feed.catalog.seq,
  );
  metrics.gauge(
    'tessera_catalog_age_seconds',
    'Time since this process last knew itself to be up to date',
    () => (host.clock.now().getTime() - feed.feed.confirmedAt.getTime()) / 1000,
  );
}
