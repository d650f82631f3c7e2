import type { Case } from './case.ts';
import { expressions, filters, pipelines, projections, updates } from './case.ts';

/**
 * MongoDB's operators that the embedded database refuses by name (manual, "Reference: Operators"). With the
 * offered ones they are all there are, as a test sees to.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** In a filter, on a field: answered with 2 BadValue. */
export const REFUSED_FIELD_OPERATORS = words(`
  $all $mod $type $near $nearSphere $geoWithin $geoIntersects $within $geoNear $bitsAllClear $bitsAllSet
  $bitsAnyClear $bitsAnySet $maxDistance $minDistance $uniqueDocs`);

/** In a filter, at the top: answered with 2 BadValue. */
export const REFUSED_TOP_OPERATORS = words(`
  $comment $expr $where $text $jsonSchema $alwaysTrue $alwaysFalse $sampleRate $vectorSearch`);

/** In an update: answered with 9 FailedToParse. */
export const REFUSED_UPDATE_OPERATORS = words(`
  $bit $currentDate $mul $pop $pullAll $pushAll $rename`);

/** In a projection of `find`: answered with 168 InvalidPipelineOperator. */
export const REFUSED_PROJECTIONS = words('$elemMatch $meta $slice');

/** As a stage: answered with 40324. */
export const REFUSED_STAGES = words(`
  $bucket $bucketAuto $changeStream $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents $facet
  $fill $geoNear $graphLookup $indexStats $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions
  $lookup $merge $out $planCacheStats $querySettings $queryStats $rankFusion $redact $replaceRoot $replaceWith
  $sample $scoreFusion $search $searchMeta $set $setWindowFields $shardedDataDistribution $sortByCount $unionWith
  $unset $vectorSearch`);

/** As an accumulator of `$group`: answered with 15952. */
export const REFUSED_ACCUMULATORS = words(`
  $accumulator $addToSet $avg $bottom $bottomN $concatArrays $count $firstN $lastN $maxN $median $mergeObjects
  $minN $percentile $setUnion $stdDevPop $stdDevSamp $top $topN`);

/** As an expression: answered with 168 InvalidPipelineOperator. */
export const REFUSED_EXPRESSIONS = words(`
  $abs $accumulator $acos $acosh $allElementsTrue $anyElementTrue $arrayElemAt $arrayToObject $asin $asinh $atan
  $atan2 $atanh $avg $binarySize $bitAnd $bitNot $bitOr $bitXor $bsonSize $ceil $cmp $concat $concatArrays
  $convert $cos $cosh $dateAdd $dateDiff $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString
  $dateTrunc $dayOfMonth $dayOfWeek $dayOfYear $degreesToRadians $divide $exp $first $firstN $floor $function
  $getField $hour $in $indexOfArray $indexOfBytes $indexOfCP $isArray $isNumber $isoDayOfWeek $isoWeek
  $isoWeekYear $last $lastN $let $ln $log $log10 $ltrim $map $max $maxN $median $mergeObjects $meta $millisecond
  $min $minN $minute $mod $month $objectToArray $percentile $pow $radiansToDegrees $rand $range $reduce $regexFind
  $regexFindAll $regexMatch $replaceAll $replaceOne $reverseArray $round $rtrim $sampleRate $second
  $setDifference $setEquals $setField $setIntersection $setIsSubset $setUnion $sin $sinh $size $slice $sortArray
  $split $sqrt $stdDevPop $stdDevSamp $strLenBytes $strLenCP $strcasecmp $substr $substrBytes $substrCP $sum
  $switch $tan $tanh $toBool $toDate $toDecimal $toDouble $toHashedIndexKey $toInt $toLong $toLower $toObjectId
  $toString $toUUID $toUpper $trim $trunc $tsIncrement $tsSecond $type $unsetField $week $year $zip`);

/** What is offered, for the documentation and for the test that no name stands on both sides. */
export const OFFERED = {
  field: words('$eq $ne $gt $gte $lt $lte $in $nin $exists $not $elemMatch $size $regex $options'),
  top: words('$and $or $nor'),
  update: words('$set $unset $setOnInsert $inc $min $max $push $addToSet $pull'),
  stages: words('$match $project $addFields $unwind $group $sort $limit $skip $count'),
  accumulators: words('$sum $min $max $first $last $push'),
  expressions: words(`
    $eq $ne $gt $gte $lt $lte $and $or $not $add $subtract $multiply $cond $ifNull $filter $literal`),
} as const;

const row = [{ _id: 1, a: [1, 2], s: 'x' }];

/** What is refused within an operator that is offered: its further forms, clauses and options. */
export const refusedCases: Case[] = [
  ...filters('reference/operator/query/regex — refused', row, [
    ['a dot', { s: /a.b/ }, { error: 51091 }],
    ['an end', { s: /x$/ }, { error: 51091 }],
    ['a repetition', { s: { $regex: 'x*' } }, { error: 51091 }],
    ['an alternative', { s: { $regex: 'x|y' } }, { error: 51091 }],
    ['a group', { s: { $regex: '(' } }, { error: 51091 }],
    ['a class', { s: { $regex: '[x]' } }, { error: 51091 }],
    ['a class by a letter', { s: { $regex: '\\d' } }, { error: 51091 }],
    ['a beginning in the middle', { s: { $regex: 'x^' } }, { error: 51091 }],
    ['a backslash at the end', { s: { $regex: 'x\\' } }, { error: 51091 }],
    ['lines', { s: { $regex: 'x', $options: 'm' } }, { error: 2 }],
    ['in a list', { s: { $in: [/^x/] } }, { error: 2 }],
    ['outside a list', { s: { $nin: [/^x/] } }, { error: 2 }],
    ['blanks that do not count', { s: { $regex: 'x', $options: 'x' } }, { error: 2 }],
  ]),
  ...updates('reference/operator/update/positional — refused', [
    ['the element that met the filter', { a: [1] }, { $set: { 'a.$': 0 } }, { error: 2 }],
    ['every element', { a: [1] }, { $inc: { 'a.$[]': 1 } }, { error: 2 }],
    ['the elements that meet a filter', { a: [1] }, { $set: { 'a.$[x].n': 1 } }, { error: 2 }],
    ['a field of a reference', {}, { $set: { 'a.$ref': 'x' } }, { error: 52 }],
  ]),
  ...updates('reference/operator/update/push — refused', [
    ['$position', { a: [1] }, { $push: { a: { $each: [9], $position: 0 } } }, { error: 2 }],
    ['$sort', { a: [1] }, { $push: { a: { $each: [9], $sort: 1 } } }, { error: 2 }],
    ['$pull by an expression', { a: ['ab'] }, { $pull: { a: /^a/ } }, { error: 2 }],
  ]),
  ...projections('reference/operator/projection — refused', row, [
    ['the element that met the filter', { 'a.$': 1 }, { error: 16410 }, { a: 1 }],
    ['a part of an array', { a: { $slice: 1 } }, { error: 168 }],
  ]),
  ...pipelines('reference/operator/aggregation/unwind — refused', row, [
    ['the place', [{ $unwind: { path: '$a', includeArrayIndex: 'at' } }], { error: 28811 }],
    ['what has none', [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }], { error: 28811 }],
  ]),
  ...expressions('reference/operator/aggregation/add — refused', { t: new Date(0) }, [
    ['a date', { $add: ['$t', 1] }, { error: 14 }],
    ['between dates', { $subtract: ['$t', '$t'] }, { error: 14 }],
  ]),
  ...expressions('reference/aggregation-variables — refused', { a: [1] }, [
    ['$$NOW', '$$NOW', { error: 17276 }],
    ['$$REMOVE', { $cond: [true, '$$REMOVE', 1] }, { error: 17276 }],
    ['$$CURRENT', '$$CURRENT.a', { error: 17276 }],
    ['a limit of $filter', { $filter: { input: '$a', cond: true, limit: 1 } }, { error: 28648 }],
  ]),
];
