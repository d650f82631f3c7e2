import { Command } from 'commander';
import { startEngine } from '../db/embedded/engine.ts';

/** The embedded database alone: `npm run db -- --port 27018 --data DIR`. */
const options = new Command('db')
  .description('Runs the embedded database alone and prints its connection string')
  .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', '0')
  .option('--data <folder>', 'data folder', process.env.TESSERA_DATA ?? '.tessera')
  .parse()
  .opts<{ port: string; data: string }>();

const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port: '${options.port}' is not a port; give a number from 0 to 65535`);
  process.exit(1);
}
try {
  const engine = await startEngine({ dataFolder: options.data, port });
  console.log(engine.uri);
  const stop = (): void => void engine.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
