import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../config.ts';
import { maskName, maskPhone, normaliseName, normalisePhone } from './display.ts';
import { fieldKey, loadFieldKeys } from './field-keys.ts';
import { FieldSealer } from './field-sealer.ts';

const key = () => fieldKey(randomBytes(32));

describe('sealing', () => {
  test('what was sealed opens again for the same person and field, whatever the text', () => {
    const sealer = new FieldSealer([key()]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (plain, partyId) => {
        const person = sealer.forPerson('customers', partyId, sealer.newPersonKey(partyId));
        const sealed = person.seal('name', plain);
        expect(person.open('name', sealed)).toBe(plain);
        expect(person.seal('name', plain)).not.toBe(sealed);
      }),
    );
  });

  test('a sealed text moved to another field, collection or person does not open, nor does an altered one', () => {
    const sealer = new FieldSealer([key()]);
    const personKey = sealer.newPersonKey('party-1');
    const person = sealer.forPerson('customers', 'party-1', personKey);
    const sealed = person.seal('phone', '13800001234');
    expect(() => person.open('name', sealed)).toThrow();
    expect(() => sealer.forPerson('orders', 'party-1', personKey).open('phone', sealed)).toThrow();
    expect(() => sealer.forPerson('customers', 'party-2', personKey)).toThrow();
    const bytes = Buffer.from(sealed, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const altered = Buffer.from(bytes);
      altered[index]! ^= 1;
      expect(() => person.open('phone', altered.toString('base64url'))).toThrow();
    }
    expect(() => person.open('phone', bytes.subarray(0, 20).toString('base64url'))).toThrow();
  });

  test('after a rotation old records open, are rewrapped under the new key and are still found', () => {
    const old = key();
    const before = new FieldSealer([old]);
    const personKey = before.newPersonKey('p');
    const sealed = before.forPerson('customers', 'p', personKey).seal('name', '王小宁');
    const fresh = key();
    const after = new FieldSealer([fresh, old]);
    expect(after.forPerson('customers', 'p', personKey).open('name', sealed)).toBe('王小宁');
    const rewrapped = after.rewrap('p', personKey);
    expect(rewrapped.keyId).toBe(fresh.id);
    expect(new FieldSealer([fresh]).forPerson('customers', 'p', rewrapped).open('name', sealed)).toBe(
      '王小宁',
    );
    expect(after.blindIndexes('name', '王小宁')).toContain(before.blindIndex('name', '王小宁'));
    expect(() => new FieldSealer([fresh]).forPerson('customers', 'p', personKey)).toThrow(/does not have/);
  });

  test('a blind index tells equal from different values and fields, and nothing without the key', () => {
    const sealer = new FieldSealer([key()]);
    expect(sealer.blindIndex('phone', '138')).toBe(sealer.blindIndex('phone', '138'));
    expect(sealer.blindIndex('phone', '138')).not.toBe(sealer.blindIndex('phone', '139'));
    expect(sealer.blindIndex('phone', '138')).not.toBe(sealer.blindIndex('name', '138'));
    expect(sealer.blindIndex('phone', '138')).not.toBe(new FieldSealer([key()]).blindIndex('phone', '138'));
  });
});

describe('keys of the installation', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tessera-keys-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const demo = () => parseConfig({ TESSERA_DATA: folder });

  test('demo mode makes a key at the first start, keeps it, and lets nobody else read it', () => {
    const [first] = loadFieldKeys(demo());
    const [second] = loadFieldKeys(demo());
    expect(second).toEqual(first);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('other secrets in the file stay when the key is added', () => {
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ other: 'kept' }));
    loadFieldKeys(demo());
    expect(JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'))).toMatchObject({ other: 'kept' });
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('a broken secrets file refuses to start and is never overwritten', () => {
    writeFileSync(join(folder, 'secrets.json'), '{ "fieldKeys": ["');
    expect(() => loadFieldKeys(demo())).toThrow(/secrets\.json.*backup/s);
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe('{ "fieldKeys": ["');
  });

  test('a configured key wins and is written nowhere', () => {
    const bytes = randomBytes(32);
    const config = parseConfig({ TESSERA_DATA: folder, TESSERA_FIELD_KEY: bytes.toString('base64') });
    expect(loadFieldKeys(config)).toEqual([fieldKey(bytes)]);
    expect(() => statSync(join(folder, 'secrets.json'))).toThrow();
  });
});

describe('display', () => {
  test.each([
    ['王小宁', '王*宁'],
    ['王宁', '王*'],
    ['欧阳小宁', '欧**宁'],
    ['阿依古丽·买买提', '阿******提'],
    ['Jane Smith', 'J*** S****'],
    ['  Li   Ming ', 'L* M***'],
    ['X', '*'],
    ['', '*'],
  ])('%s is shown as %s', (name, masked) => expect(maskName(name)).toBe(masked));

  test.each([
    ['13800001234', '138****1234'],
    ['+86 138-0000-1234', '138****1234'],
    ['１３８００００１２３４', '138****1234'],
    ['+44 20 7946 0018', '****0018'],
    ['12345', '****'],
  ])('the number %s is shown as %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked));

  test('the ways of writing one number or name meet in one normal form', () => {
    for (const phone of ['+8613800001234', '0086 138 0000 1234', '8613800001234', '138-0000-1234'])
      expect(normalisePhone(phone)).toBe('13800001234');
    expect(normaliseName(' 王 小宁')).toBe('王小宁');
    expect(normaliseName('JANE  Smith')).toBe('jane smith');
  });
});
