import { describe, expect, test } from '@jest/globals';
import { problemOf } from './request.ts';

describe('problemOf', () => {
  test('an answer with problem details gives its own code, title and detail', () => {
    const text = JSON.stringify({
      status: 401,
      code: 'auth.rejected',
      title: 'Not signed in',
      detail: 'No.',
    });
    expect(problemOf(401, text)).toEqual({
      status: 401,
      code: 'auth.rejected',
      title: 'Not signed in',
      detail: 'No.',
    });
  });

  test("a proxy's HTML page still gets a code and its status", () => {
    expect(problemOf(502, '<html>Bad gateway</html>')).toEqual({
      status: 502,
      code: 'HTTP_502',
      title: 'HTTP 502',
      detail: '',
    });
  });

  test('fields of the wrong type are not shown', () => {
    expect(problemOf(500, '{"code":7,"title":null}').code).toBe('HTTP_500');
  });
});
