import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { systemActor } from '../access/actor.ts';
import { PlatformError } from '../errors.ts';
import type { ImportReport } from '../plugin/contract.ts';
import { onPlatform } from './command.ts';

/** `npm run import -- NAME FILE [--dry-run]`. Exits with 2 where rows were refused. */
const PROBLEMS_SHOWN = 20;
const command = new Command('import')
  .argument('<name>', 'what to import, e.g. funds or customers')
  .argument('<file>', 'a CSV file in UTF-8')
  .option('--dry-run', 'check and report, change nothing', false)
  .parse();
const [name, file] = command.args as [string, string];
const { dryRun } = command.opts<{ dryRun: boolean }>();

await onPlatform(async (app) => {
  const importers = app.hosts.core.declared('importers');
  const importer = importers.find((one) => one.name === name);
  if (!importer)
    throw new PlatformError(
      'IMPORT_UNKNOWN',
      `Nothing imports "${name}". Use one of ${importers.map((one) => one.name).join(', ')}.`,
    );
  const bar = new SingleBar({ format: '  {bar} {value}/{total} {eta_formatted}', clearOnComplete: true });
  const onProgress = (done: number, total: number) => {
    if (bar.getTotal() !== total) bar.start(total, 0);
    bar.update(done);
  };
  const started = Date.now();
  const actor = systemActor('command-line');
  const report = await importer.run({ file, actor, dryRun, onProgress }, app.hosts.of(importer.owner));
  bar.stop();
  print(report, (Date.now() - started) / 1000, dryRun);
  if (report.problems.length > 0) process.exitCode = 2;
});

function print(
  { rows, created, changed, unchanged, problems, facts }: ImportReport,
  seconds: number,
  dryRun: boolean,
): void {
  const would = dryRun ? 'would be ' : '';
  console.log(
    `${rows} rows read in ${seconds.toFixed(1)} s: ${created} ${would}created, ${changed} ${would}changed, ${unchanged} unchanged`,
  );
  for (const [fact, value] of Object.entries(facts))
    console.log(`  ${fact}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  for (const { line, column, value, problem } of problems.slice(0, PROBLEMS_SHOWN))
    console.log(`  line ${line}, ${column} "${value}": ${problem.zh} ${problem.en}`);
  if (problems.length > PROBLEMS_SHOWN)
    console.log(`  … and ${problems.length - PROBLEMS_SHOWN} more problems`);
  if (problems.length > 0 && created + changed + unchanged === 0)
    console.log('Nothing was imported. Correct what is named above and import the file again.');
}
