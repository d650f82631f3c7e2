import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { forkBench } from './child.ts';
import type { LoadOrder, LoadResult } from './list-load.ts';
import type { ToldByListServer } from './list-server.ts';
import { median, perSecond, type BenchOptions, type BenchReport } from './report.ts';

const CONNECTIONS = 32;

interface ListServer extends ToldByListServer {
  readonly child: ChildProcess;
}

/** One side of a comparison: answered a second, and processor time of the server for each answer. */
interface Side {
  readonly rate: number;
  readonly cpuMicros: number;
}

/**
 * The touchpoint's list of 20 with price and suitability from the whole platform over HTTP, for 5,000 clients in turn:
 * against the same bytes from memory, against Apollo's way on the same data, and with 100,000 products against 1,000.
 */
export async function listRows(report: BenchReport, { quick }: BenchOptions): Promise<void> {
  const rounds = quick ? 3 : 7;
  const many = quick ? 5_000 : 100_000;
  const manyProducts = many.toLocaleString('en');
  const durationMs = quick ? 500 : 2000;
  const load = forkBench('list-load');
  await once(load, 'message');
  const small = await startServer(1000);
  try {
    const list = asking(load, small, { path: '/graphql' });
    const ceiling = asking(load, small, { path: '/ceiling' });
    const apollo = asking(load, small, { path: '/graphql', byApollo: true });
    report.progress('the list of 20 against the same bytes from memory, and against Apollo');
    await list(durationMs, true);
    for (const warm of [list, ceiling, apollo]) await warm(durationMs);
    const [mine, bytes, theirs] = await inTurns(rounds, durationMs, [list, ceiling, apollo]);
    report.add({
      what: `touchpoint list of 20 with price and suitability (${small.bytes} bytes)`,
      figure: perSecond(mine!.rate),
      against: `${perSecond(bytes!.rate)}, the same bytes from memory by a route of the same app`,
      ratio: mine!.rate / bytes!.rate,
      goal: { atLeast: 0.7 },
    });
    report.add({
      what: 'touchpoint list of 20: processor time for each answer',
      figure: `${Math.round(mine!.cpuMicros)} µs`,
      against: `${Math.round(bytes!.cpuMicros)} µs, the same bytes from memory`,
      ratio: bytes!.cpuMicros / mine!.cpuMicros,
      goal: { atLeast: 0.7 },
    });
    report.add({
      what: "touchpoint list of 20 against Apollo's default way on the same data",
      figure: perSecond(mine!.rate),
      against: perSecond(theirs!.rate),
      ratio: mine!.rate / theirs!.rate,
      goal: { atLeast: 4 },
    });
    report.progress('building a catalogue of 100,000 products');
    const large = await startServer(many);
    try {
      const listOfLarge = asking(load, large, { path: '/graphql' });
      await listOfLarge(durationMs, true);
      for (const warm of [listOfLarge, list]) await warm(durationMs);
      const [few, grown] = await inTurns(rounds, durationMs, [list, listOfLarge]);
      report.add({
        what: `the same list with ${manyProducts} products: time for each answer`,
        figure: `${Math.round(1e6 / grown!.rate)} µs`,
        against: `${Math.round(1e6 / few!.rate)} µs with 1,000 products`,
        ratio: few!.rate / grown!.rate,
        goal: { atMost: 1.2 },
      });
      await publicationRow(report, large, manyProducts);
    } finally {
      large.child.disconnect();
    }
  } finally {
    small.child.disconnect();
    load.disconnect();
  }
}

/** How long a publication and the first lists behind it hold up everything else. */
async function publicationRow(report: BenchReport, { child }: ListServer, products: string): Promise<void> {
  const blocked: number[] = [];
  for (let round = 0; round < 5; round++) {
    child.send('publish');
    const [{ blockedMs }] = (await once(child, 'message')) as [{ blockedMs: number }];
    blocked.push(blockedMs);
  }
  report.add({
    what: `longest standstill by a publication and the first lists behind it, ${products} products`,
    figure: `${Math.round(median(blocked))} ms`,
    against: `${Math.round(Math.min(...blocked))}–${Math.round(Math.max(...blocked))} ms in five`,
    ratio: null,
    goal: null,
  });
}

/** A way of asking one server, measured for as long as told. */
function asking(
  load: ChildProcess,
  server: ListServer,
  how: Pick<LoadOrder, 'path' | 'byApollo'>,
): (durationMs: number, everyClient?: boolean) => Promise<Side> {
  const { port, token } = server;
  return (durationMs, everyClient = false) =>
    measure(load, server, { ...how, port, token, connections: CONNECTIONS, durationMs, everyClient });
}

async function startServer(products: number): Promise<ListServer> {
  const child = forkBench('list-server', [String(products)]);
  const [told] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('The list server ended before it was ready; its error stands above.');
    }),
  ])) as [ToldByListServer];
  return { ...told, child };
}

async function inTurns(
  rounds: number,
  durationMs: number,
  sides: readonly ((ms: number) => Promise<Side>)[],
): Promise<readonly Side[]> {
  const measured: Side[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, side] of sides.entries()) measured[index]!.push(await side(durationMs));
  return measured.map((seen) => ({
    rate: median(seen.map(({ rate }) => rate)),
    cpuMicros: median(seen.map(({ cpuMicros }) => cpuMicros)),
  }));
}

async function measure(load: ChildProcess, server: ListServer, order: LoadOrder): Promise<Side> {
  const before = await cpuOf(server);
  load.send(order);
  const [result] = (await once(load, 'message')) as [LoadResult];
  if (result.failed > 0 || result.answered === 0)
    throw new Error(`${result.failed} of ${result.answered} requests to ${order.path} failed.`);
  const used = (await cpuOf(server)) - before;
  return { rate: result.perSecond, cpuMicros: used / result.answered };
}

async function cpuOf({ child }: ListServer): Promise<number> {
  child.send('cpu');
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }];
  return cpu.user + cpu.system;
}
