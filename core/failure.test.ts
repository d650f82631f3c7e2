import { describe, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { PlatformError } from './errors.ts';
import { failureOf, foreseen } from './failure.ts';

describe('a failure', () => {
  test('of a database that is away is told as BUSY, to be repeated', () => {
    expect(foreseen(new mongoose.mongo.MongoNetworkError('10.0.0.7 refused'))).toMatchObject({
      code: 'BUSY',
      status: 503,
      details: { retryAfterSeconds: 2 },
    });
  });

  test('that the platform threw is told as it is', () => {
    const error = new PlatformError('NOT_FOUND', 'There is none.');
    expect(foreseen(error)).toBe(error);
  });

  test('that nobody foresaw is no foreseen one, and its message stays out of logs', () => {
    const error = new Error('E11000 duplicate key { phone: "13800000001" }');
    expect(foreseen(error)).toBeUndefined();
    expect(failureOf(error).message).not.toContain('138');
  });
});
