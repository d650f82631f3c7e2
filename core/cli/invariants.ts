import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { onPlatform } from './command.ts';

/**
 * `npm run invariants [-- NAME]`: reads all records that a declared invariant is about, or those of one; prints the first
 * that is broken and exits with 1. Runs beside a working platform or without one.
 */
const command = new Command('invariants')
  .argument('[name]', 'check this invariant alone')
  .option('--all', 'go on behind the first broken record, up to 100 of each')
  .parse();
const [only] = command.args;
const { all } = command.opts<{ all?: true }>();
const SHOWN_MAX = 100;

await onPlatform(async ({ hosts }) => {
  const declared = hosts.core.declared('invariants');
  const chosen = declared.filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && chosen.length === 0) {
    console.error(
      `There is no invariant "${only}": ${declared.map(({ name }) => name).join(', ') || 'none is declared'}.`,
    );
    process.exitCode = 1;
    return;
  }
  for (const { name, title, owner, check } of chosen) {
    const bar = new SingleBar({
      format: `  ${name} {bar} {value}/{total} {eta_formatted}`,
      clearOnComplete: true,
    });
    bar.start(0, 0);
    let read = 0;
    const broken: string[] = [];
    for await (const { code, subject, text } of check(hosts.of(owner), (done, total) => {
      read = done;
      bar.setTotal(total);
      bar.update(done);
    })) {
      broken.push(`BROKEN: ${subject}: ${text} [${code}]`);
      if (!all || broken.length >= SHOWN_MAX) break;
    }
    bar.stop();
    for (const line of broken) console.error(line);
    if (broken.length > 0) process.exitCode = 1;
    else console.log(`${title.en} (${name}) holds: ${read} records read.`);
  }
});
