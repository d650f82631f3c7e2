// Renders checked templates apart from the process that asked, so that one which never ends can be killed.
import { parentPort } from 'node:worker_threads';
import Handlebars from 'handlebars';

const handlebars = Handlebars.create();
for (const name of Object.keys(handlebars.helpers))
  if (!['if', 'unless', 'each'].includes(name)) handlebars.unregisterHelper(name);

parentPort.on('message', ({ source, values }) => {
  try {
    const template = handlebars.compile(source, {
      // A text message is no HTML.
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: { if: true, unless: true, each: true },
    });
    parentPort.postMessage({ text: template(values, { allowProtoPropertiesByDefault: false }) });
  } catch (error) {
    parentPort.postMessage({ failure: error instanceof Error ? error.name : 'Error' });
  }
});
// The first template pays for the compiler's own start: not the first one of an editor.
handlebars.compile('{{#if a}}{{/if}}{{#each b}}{{this}}{{/each}}', { noEscape: true })({ b: ['x'] });
parentPort.postMessage({ ready: true });
