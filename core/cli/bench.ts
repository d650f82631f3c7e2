import { Command } from 'commander';
import { databaseRows } from '../../test/bench/database.ts';
import { importRows } from '../../test/bench/import.ts';
import { listRows } from '../../test/bench/list.ts';
import { redemptionRows } from '../../test/bench/redemption.ts';
import { BenchReport } from '../../test/bench/report.ts';

/** `npm run bench`: figures as ratios within one run; `-- --quick` under a minute, `-- --json FILE` for machines. */
const options = new Command('bench')
  .option('--quick', 'short rounds and small data', false)
  .option('--json <file>', 'write the rows to a file')
  .option('--only <name>', 'one group of rows: database, import, list, redemption')
  .parse()
  .opts<{ quick: boolean; json?: string; only?: string }>();

const groups = { database: databaseRows, import: importRows, list: listRows, redemption: redemptionRows };

const report = new BenchReport();
for (const [name, rows] of Object.entries(groups))
  if (options.only === undefined || options.only === name) await rows(report, options);
if (options.json) report.write(options.json);
if (report.fellShort > 0) {
  console.log(`\n${report.fellShort} figure(s) fall short of their goal.`);
  process.exitCode = 1;
}
