import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { environmentWithFile, parseConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { joinDatabaseServer } from '../db/local.ts';
import { PlatformError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { systemClock } from '../time/clock.ts';
import { TRACE_RECORDS, traceRecordSchema } from '../trace/record.ts';
import { TRACE_SEALS, sealSchema } from '../trace/seal.ts';
import { databaseTraceSource } from '../trace/source.ts';
import { verifyTrace, type VerifyProgress } from '../trace/verify.ts';

/** `npm run trace:verify [-- --anchors FILE]`: reads the whole trace; exits with 1 at the first broken place. */
const command = new Command('trace:verify')
  .option('--anchors <file>', 'anchor file to hold the trace against (default: TESSERA_ANCHOR_FILE)')
  .parse();
const { anchors } = command.opts<{ anchors?: string }>();

try {
  const config = parseConfig(environmentWithFile(process.env));
  const { uri, leave } = await joinDatabaseServer(config, createLogger('warn'));
  const database = await openDatabase({ uri, clock: systemClock });
  database.declare(TRACE_RECORDS, traceRecordSchema);
  database.declare(TRACE_SEALS, sealSchema);
  const anchorFile = anchors ?? config.anchorFile;
  try {
    const total = await database.model(TRACE_RECORDS).countDocuments({});
    const bar = new SingleBar({
      format: '  {bar} {value}/{total} records {eta_formatted}',
      clearOnComplete: true,
    });
    bar.start(total, 0);
    let last: VerifyProgress | undefined;
    for await (const progress of verifyTrace(databaseTraceSource(database, anchorFile))) {
      last = progress;
      bar.update(progress.records + progress.unsealed);
    }
    bar.stop();
    print(last!, anchorFile);
  } finally {
    await database.close();
    await leave();
  }
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  console.error(`tessera: ${error.message} [${error.code}]`);
  process.exitCode = 1;
}

function print(
  { seals, records, unsealed, anchors: anchored, broken }: VerifyProgress,
  anchorFile: string,
): void {
  if (broken) {
    console.error(`BROKEN: ${broken.text} [${broken.kind}] ${seals} seals before it are whole.`);
    process.exitCode = 1;
    return;
  }
  console.log(
    `The trace is whole: ${records} records in ${seals} seals, ${anchored} of them anchored in ${anchorFile}; ${unsealed} not yet sealed.`,
  );
  if (anchored === 0 && seals > 0)
    console.log(
      'No anchor was found, so a cut at the end would not be seen. Give the right file with --anchors.',
    );
}
