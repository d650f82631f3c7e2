import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { House } from '../../test/support/house.ts';
import { journeyClients } from '../../test/journeys/clients.ts';
import { systemActor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { documentService } from './service.ts';
import { requiredDocuments } from './required.ts';

const version = (no: number, askAgain = true) => ({ code: 'D', no, askAgain });

describe('what a client still has to confirm', () => {
  test.each([
    ['nothing confirmed', [version(1)], [], false],
    ['the version in force', [version(1)], [1], true],
    ['an earlier one, and the new one asks again', [version(1), version(2)], [1], false],
    ['an earlier one, and the new one does not', [version(1), version(2, false)], [1], true],
    [
      'an earlier one, and one in between asks again',
      [version(1), version(2), version(3, false)],
      [1],
      false,
    ],
    ['nothing, and the version in force does not ask again', [version(1, false)], [], false],
  ])('%s', (_title, versions, confirmed, expected) => {
    const [document] = requiredDocuments(
      ['D'],
      versions,
      confirmed.map((no) => ({ code: 'D', no })),
    );
    expect([document!.confirmed, document!.inForce?.no]).toEqual([expected, versions.at(-1)!.no]);
  });

  test('a document of which nothing is in force is never confirmed', () => {
    expect(requiredDocuments(['D'], [], [{ code: 'D', no: 1 }])).toEqual([{ code: 'D', confirmed: false }]);
  });
});

describe('a document', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.start();
    const customers = house.platform.app.hosts.core.service(customerService);
    await customers.upsert(systemActor('test'), journeyClients(new Date()));
  });
  afterAll(() => house.stop());

  const propose = async (text: string) => {
    const input = {
      code: 'TERMS',
      kind: 'AGREEMENT',
      title: { zh: '协议', en: 'Terms' },
      text: { zh: text, en: text },
      reason: 'first',
    };
    type Proposed = { proposeDocument: { approvalId: string; documentId: string } };
    return (
      await house.ask<Proposed>(
        house.as('product-manager'),
        'mutation ($input: DocumentInput!) { proposeDocument(input: $input) { approvalId documentId } }',
        { input },
      )
    ).proposeDocument;
  };
  const confirm = async (documentId: string, customerNo = 'C2') => {
    const { confirmDocuments } = await house.ask<{ confirmDocuments: Record<string, unknown> }>(
      house.touchpoint('APP'),
      `mutation ($customerNo: String!, $documentId: ID!) { confirmDocuments(customerNo: $customerNo, channel: APP,
        confirmations: [{ documentId: $documentId, manner: ELECTRONIC }]) {
        __typename ... on DocumentsNotConfirmed { reasons { code } } ... on Refusal { code } } }`,
      { customerNo, documentId },
    );
    return confirmDocuments;
  };

  test('is in force once two people agree, and only that version can be confirmed', async () => {
    const first = await propose('v1');
    expect(await confirm(first.documentId)).toMatchObject({
      reasons: [{ code: 'DOCUMENT_NOT_IN_FORCE' }],
    });
    await house.approve([first.approvalId]);
    expect(await confirm(first.documentId)).toEqual({ __typename: 'DocumentsConfirmed' });
    const second = await propose('v2');
    await house.approve([second.approvalId]);
    expect(await confirm(first.documentId)).toMatchObject({ __typename: 'DocumentsNotConfirmed' });
    expect(await confirm(second.documentId, 'nobody')).toMatchObject({ code: 'UNKNOWN_CUSTOMER' });
  });

  test('asks a client again after a new version', async () => {
    const host = house.platform.app.hosts.core;
    const { id } = (await host.service(customerService).factsOf('C2', new Date()))!;
    const [before] = await host.service(documentService).requiredOf(['TERMS'], id);
    expect([before!.confirmed, before!.inForce?._id]).toEqual([false, 'TERMS@2']);
    await confirm('TERMS@2');
    const [after] = await host.service(documentService).requiredOf(['TERMS'], id);
    expect(after!.confirmed).toBe(true);
  });
});
