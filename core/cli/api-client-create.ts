import { Command, Option } from 'commander';
import { systemActor } from '../access/actor.ts';
import { ROLES } from '../access/roles.ts';
import { accessService } from '../access/service.ts';
import { CHANNELS } from '../catalog/records.ts';
import { onPlatform } from './command.ts';

/** `npm run api-client:create -- NAME --channel APP`: a token for a calling system, such as a touchpoint. */
const command = new Command('api-client:create')
  .argument('<name>', 'what the system is called')
  .addOption(new Option('--channel <channel>', 'the touchpoint that it is').choices(CHANNELS))
  .option('--role <role...>', `one or more of ${Object.keys(ROLES).join(', ')}`, ['touchpoint'])
  .parse();
const [name] = command.args as [string];
const { channel, role: roles } = command.opts<{ channel?: string; role: string[] }>();

await onPlatform(async ({ hosts }) => {
  const input = { name, roles, ...(channel === undefined ? {} : { channel }) };
  const token = await hosts.core.service(accessService).createApiClient(systemActor('command-line'), input);
  console.log(`Created the API client "${name}". Its token is shown only now:\n  ${token}`);
});
