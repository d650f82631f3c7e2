import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Decimal128, Long, MongoClient } from 'mongodb';
import type { Db, Document } from 'mongodb';
import { testDatabaseUri } from '../../../../test/support/database.ts';
import { COMMANDS } from './dispatch.ts';

/** The commands of MongoDB's manual ("Database Commands"), whether supported here or not. */
const MANUAL = `
  aggregate count distinct mapReduce geoSearch delete find findAndModify getMore insert resetError update
  bulkWrite planCacheClear planCacheClearFilters planCacheListFilters planCacheSetFilter authenticate getnonce
  logout createUser dropAllUsersFromDatabase dropUser grantRolesToUser revokeRolesFromUser updateUser usersInfo
  createRole dropRole dropAllRolesFromDatabase grantPrivilegesToRole grantRolesToRole invalidateUserCache
  revokePrivilegesFromRole revokeRolesFromRole rolesInfo updateRole applyOps hello replSetAbortPrimaryCatchUp
  replSetFreeze replSetGetConfig replSetGetStatus replSetInitiate replSetMaintenance replSetReconfig
  replSetResizeOplog replSetStepDown replSetSyncFrom addShard enableSharding shardCollection split moveChunk
  balancerStart abortTransaction commitTransaction endSessions killAllSessions killAllSessionsByPattern
  killSessions refreshSessions startSession cloneCollectionAsCapped collMod compact convertToCapped create
  createIndexes currentOp drop dropDatabase dropConnections dropIndexes filemd5 fsync fsyncUnlock
  getDefaultRWConcern getParameter killCursors killOp listCollections listDatabases listIndexes logRotate reIndex
  renameCollection rotateCertificates setFeatureCompatibilityVersion setIndexCommitQuorum setParameter
  setDefaultRWConcern shutdown buildInfo collStats connPoolStats connectionStatus dataSize dbHash dbStats explain
  getCmdLineOpts getLog hostInfo isSelf listCommands lockInfo netstat ping profile serverStatus shardConnPoolStats
  top validate whatsmyuri getFreeMonitoringStatus setFreeMonitoring logApplicationMessage createSearchIndexes
  dropSearchIndex updateSearchIndex saslStart saslContinue copydb clone eval group parallelCollectionScan
`
  .trim()
  .split(/\s+/);

const client = new MongoClient(testDatabaseUri());
let db: Db;

beforeAll(async () => {
  await client.connect();
  db = client.db();
  await db.collection('things').insertOne({ a: 1 });
});

afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});

const changing = (u: Document): Document => ({ update: 'things', updates: [{ q: { a: 1 }, u }] });

describe('what is not supported is refused by name', () => {
  const refused = MANUAL.filter((name) => !Object.hasOwn(COMMANDS, name));

  test.each(refused)('the command %s is not found', async (name) => {
    await expect(db.command({ [name]: 1 })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
      message: expect.stringContaining(`'${name}'`),
    });
  });

  const strict = Object.entries(COMMANDS).filter(([, { fields }]) => fields !== undefined);

  test.each(strict.map(([name]) => name))('%s refuses a field that it does not know', async (name) => {
    await expect(db.command({ [name]: 'things', noSuchField: 1 })).rejects.toMatchObject({
      code: 40415,
      message: expect.stringContaining('noSuchField'),
    });
  });

  const cases: [what: string, command: Document, code: number][] = [
    ['a collation', { find: 'things', collation: { locale: 'zh' } }, 2],
    ['a text index', { createIndexes: 'things', indexes: [{ key: { a: 'text' }, name: 't' }] }, 67],
    ['a geo index', { createIndexes: 'things', indexes: [{ key: { a: '2dsphere' }, name: 'g' }] }, 67],
    ['a hashed index', { createIndexes: 'things', indexes: [{ key: { a: 'hashed' }, name: 'h' }] }, 67],
    ['a wildcard index', { createIndexes: 'things', indexes: [{ key: { '$**': 1 }, name: 'w' }] }, 67],
    [
      'a collated index',
      { createIndexes: 'things', indexes: [{ key: { a: 1 }, name: 'c', collation: { locale: 'zh' } }] },
      2,
    ],
    [
      'a hidden index',
      { createIndexes: 'things', indexes: [{ key: { a: 1 }, name: 'c', hidden: true }] },
      40415,
    ],
    ['$where', { find: 'things', filter: { $where: 'true' } }, 2],
    ['$text', { find: 'things', filter: { $text: { $search: 'x' } } }, 2],
    ['$near', { find: 'things', filter: { a: { $near: [0, 0] } } }, 2],
    ['a sort by text score', { find: 'things', sort: { score: { $meta: 'textScore' } } }, 40218],
    ['a tailable cursor', { find: 'things', tailable: true }, 40415],
    ['a capped collection', { create: 'capped', capped: true, size: 1000 }, 40415],
    ['a time series', { create: 'series', timeseries: { timeField: 'at' } }, 40415],
    ['a view', { create: 'view', viewOn: 'things', pipeline: [] }, 40415],
    ['a snapshot read outside a transaction', { find: 'things', readConcern: { level: 'snapshot' } }, 72],
    ['an array as _id', { insert: 'things', documents: [{ _id: [1] }] }, 2],
    ['Decimal128', { insert: 'things', documents: [{ a: Decimal128.fromString('1') }] }, 2],
    [
      'an integer beyond 2^53',
      { insert: 'things', documents: [{ a: Long.fromString('9007199254740993') }] },
      2,
    ],
    ['Decimal128 to set', changing({ $set: { a: { b: Decimal128.fromString('1') } } }), 2],
    ['Decimal128 in a replacement', changing({ a: [Decimal128.fromString('1')] }), 2],
    ['an integer beyond 2^53 to push', changing({ $push: { b: Long.fromString('9007199254740993') } }), 2],
    ['a hint', { find: 'things', hint: 'a_1' }, 40415],
    ['a hint that is only explained', { explain: { find: 'things', hint: 'a_1' } }, 40415],
    ['explain of a write', { explain: { delete: 'things', deletes: [{ q: {}, limit: 1 }] } }, 59],
    ['$comment in a filter', { find: 'things', filter: { $comment: 'why' } }, 2],
    [
      'array filters',
      { update: 'things', updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: [] }] },
      40415,
    ],
    ['an update by a pipeline', { update: 'things', updates: [{ q: {}, u: [{ $set: { a: 1 } }] }] }, 9],
    [
      'a TTL on a part of a collection',
      {
        createIndexes: 'things',
        indexes: [{ key: { at: 1 }, name: 'p', expireAfterSeconds: 1, partialFilterExpression: { a: 1 } }],
      },
      67,
    ],
  ];

  test.each(cases)('%s', async (_what, command, code) => {
    const reply = await db.command(command).catch((error: Document) => error);
    expect(reply.code ?? reply.writeErrors?.[0]?.code).toBe(code);
  });

  test('what a refused write brought is not stored', async () => {
    expect(
      await db
        .collection('things')
        .find({}, { projection: { _id: 0 } })
        .toArray(),
    ).toEqual([{ a: 1 }]);
  });
});
