import { describe, expect, test } from '@jest/globals';
import { fillToken, readAnswer } from './run.ts';

const verdictOf = (status: number, body: unknown) => readAnswer(status, JSON.stringify(body), 1, 2).verdict;

describe('readAnswer', () => {
  test('data alone is success, data with errors is partial, errors alone are a refusal', () => {
    expect(verdictOf(200, { data: { a: 1 } })).toBe('ok');
    expect(verdictOf(200, { data: { a: null }, errors: [{ message: 'no' }] })).toBe('partial');
    expect(verdictOf(200, { data: null, errors: [{ message: 'no' }] })).toBe('refused');
    expect(verdictOf(401, { title: 'Not signed in' })).toBe('refused');
  });

  test('what is not JSON is kept as it came, and is a refusal', () => {
    const answer = readAnswer(502, '<html>', 1, 6);
    expect(answer.body).toBe('<html>');
    expect(answer.verdict).toBe('refused');
  });

  test('the limits are read from the extensions, also of a refusal', () => {
    const body = { errors: [], extensions: { limits: { depth: 13 } } };
    expect(readAnswer(400, JSON.stringify(body), 1, 2).limits).toEqual({ depth: 13 });
    expect(readAnswer(200, '{"data":{}}', 1, 2).limits).toBeNull();
  });
});

test('the token is put where the headers ask for it, and nowhere else', () => {
  const headers = { authorization: 'Bearer ${token}', 'x-tessera-limits': '1' };
  expect(fillToken(headers, 'abc')).toEqual({ authorization: 'Bearer abc', 'x-tessera-limits': '1' });
});
