import { describe, expect, test } from '@jest/globals';
import {
  nextReview,
  nextSale,
  REVIEW_COMMANDS,
  REVIEW_STATES,
  SALE_COMMANDS,
  SALE_STATES,
  type Next,
} from './lifecycle.ts';

const maker = { actorId: 'maker', makerIds: ['author', 'maker'], reason: 'because' };
const checker = { ...maker, actorId: 'checker' };

/** Rows are states, columns the commands in their order; `-` where the state refuses. */
const REVIEW_TABLE: Record<string, readonly string[]> = {
  //           edit     submit       withdraw     approve     reject
  DRAFT: ['DRAFT', 'IN_REVIEW', '-', '-', '-'],
  IN_REVIEW: ['-', '-', 'WITHDRAWN', 'APPROVED', 'REJECTED'],
  APPROVED: ['-', '-', '-', '-', '-'],
  REJECTED: ['-', '-', '-', '-', '-'],
  WITHDRAWN: ['-', '-', '-', '-', '-'],
};

const SALE_TABLE: Record<string, readonly string[]> = {
  //            list      changeListing suspend    resume    delist      relist    archive
  NOT_LISTED: ['LISTED', '-', '-', '-', '-', '-', 'ARCHIVED'],
  LISTED: ['-', 'LISTED', 'SUSPENDED', '-', 'DELISTED', '-', '-'],
  SUSPENDED: ['-', 'SUSPENDED', '-', 'LISTED', 'DELISTED', '-', '-'],
  DELISTED: ['-', '-', '-', '-', '-', 'LISTED', 'ARCHIVED'],
  ARCHIVED: ['-', '-', '-', '-', '-', '-', '-'],
};

function outcome(next: Next<string>): string {
  return 'to' in next ? next.to : next.refused.code === 'STATE_REFUSES' ? '-' : next.refused.code;
}

describe('a version', () => {
  for (const from of REVIEW_STATES)
    REVIEW_COMMANDS.forEach((command, column) => {
      const to = REVIEW_TABLE[from]![column]!;
      test(`that is ${from} ${to === '-' ? 'refuses' : `goes to ${to} by`} "${command}"`, () => {
        const who = command === 'approve' || command === 'reject' ? checker : maker;
        expect(outcome(nextReview(from, { ...who, command }))).toBe(to);
      });
    });

  test('is never decided by its maker', () => {
    expect(outcome(nextReview('IN_REVIEW', { ...maker, command: 'approve' }))).toBe('MAKER_IS_CHECKER');
    expect(outcome(nextReview('IN_REVIEW', { ...maker, command: 'reject' }))).toBe('MAKER_IS_CHECKER');
  });

  test('is not decided by its author either, though somebody else submitted it', () => {
    expect(outcome(nextReview('IN_REVIEW', { ...maker, actorId: 'author', command: 'approve' }))).toBe(
      'MAKER_IS_CHECKER',
    );
  });

  test('is withdrawn by its maker alone', () => {
    expect(outcome(nextReview('IN_REVIEW', { ...checker, command: 'withdraw' }))).toBe('NOT_THE_MAKER');
  });

  test('moves only with a reason in words', () => {
    for (const reason of ['', '  '])
      expect(outcome(nextReview('DRAFT', { ...maker, reason, command: 'submit' }))).toBe('REASON_MISSING');
  });
});

describe('a product', () => {
  for (const from of SALE_STATES)
    SALE_COMMANDS.forEach((command, column) => {
      const to = SALE_TABLE[from]![column]!;
      test(`that is ${from} ${to === '-' ? 'refuses' : `goes to ${to} by`} "${command}"`, () => {
        const move = { command, reason: 'because', approved: true, approvedSinceDelisting: true };
        expect(outcome(nextSale(from, move))).toBe(to);
      });
    });

  test('is not listed before a version is approved', () => {
    const move = {
      command: 'list',
      reason: 'because',
      approved: false,
      approvedSinceDelisting: false,
    } as const;
    expect(outcome(nextSale('NOT_LISTED', move))).toBe('VERSION_NOT_APPROVED');
  });

  test('is relisted only by a review after the delisting', () => {
    const move = {
      command: 'relist',
      reason: 'because',
      approved: true,
      approvedSinceDelisting: false,
    } as const;
    expect(outcome(nextSale('DELISTED', move))).toBe('RELISTING_NEEDS_REVIEW');
  });

  test('moves only with a reason in words', () => {
    const move = { command: 'delist', approved: true, approvedSinceDelisting: false } as const;
    expect(outcome(nextSale('LISTED', move))).toBe('REASON_MISSING');
  });
});
