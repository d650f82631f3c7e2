import type { Plugin } from '../../plugin/contract.ts';
import { publishedFeed } from '../browse/feature.ts';
import { Desk, deskToken } from './desk.ts';
import { listedFigure, listingSchedule } from './workbench.ts';

/** What the staff's list of products is found from. */
export function deskFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    workbenchFigures: [listedFigure],
    workbenchSchedule: [listingSchedule],
    services: [
      {
        token: deskToken,
        create: (host) =>
          new Desk(host, () => {
            const { feed } = host.service(publishedFeed);
            return { view: (at) => feed.catalog.view(at), atLeast: (seq) => feed.atLeast(seq) };
          }),
      },
    ],
  };
}
