import { Command } from 'commander';
import { systemActor } from '../access/actor.ts';
import { ROLES } from '../access/roles.ts';
import { accessService } from '../access/service.ts';
import { newSecret } from '../ids.ts';
import { onPlatform } from './command.ts';

/** `npm run staff:create -- ACCOUNT --name NAME --role ROLE…`: the first accounts of an installation. */
const command = new Command('staff:create')
  .argument('<account>', 'the name to sign in with')
  .requiredOption('--name <name>', "the person's name")
  .requiredOption('--role <role...>', `one or more of ${Object.keys(ROLES).join(', ')}`)
  .parse();
const [account] = command.args as [string];
const { name, role: roles } = command.opts<{ name: string; role: string[] }>();

await onPlatform(async ({ hosts }) => {
  // Made here rather than asked for: an argument or an environment variable would stay behind in histories.
  const password = newSecret();
  await hosts.core
    .service(accessService)
    .createAccount(systemActor('command-line'), { account, name, roles, password });
  console.log(`Created ${account} (${roles.join(', ')}). Its password is shown only now:\n  ${password}`);
});
