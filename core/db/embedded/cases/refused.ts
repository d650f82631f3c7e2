/**
 * MongoDB's operators that the embedded database refuses by name (manual, "Reference: Operators"). With the
 * offered ones they are all there are, as a test sees to.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** In a filter, on a field: answered with 2 BadValue. */
export const REFUSED_FIELD_OPERATORS = words(`
  $near $nearSphere $geoWithin $geoIntersects $within $geoNear $bitsAllClear $bitsAllSet $bitsAnyClear
  $bitsAnySet $maxDistance $minDistance $uniqueDocs`);

/** In a filter, at the top: answered with 2 BadValue. */
export const REFUSED_TOP_OPERATORS = words(`
  $where $text $jsonSchema $alwaysTrue $alwaysFalse $sampleRate $vectorSearch`);

/** In an update: answered with 9 FailedToParse. */
export const REFUSED_UPDATE_OPERATORS = words('$bit $pushAll');

/** In a projection of `find`: answered with 168 InvalidPipelineOperator. */
export const REFUSED_PROJECTIONS = words('$meta');

/** As a stage: answered with 40324. */
export const REFUSED_STAGES = words(`
  $bucket $bucketAuto $changeStream $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents $fill
  $geoNear $graphLookup $indexStats $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions
  $merge $out $planCacheStats $querySettings $queryStats $rankFusion $redact $sample $scoreFusion $search
  $searchMeta $setWindowFields $shardedDataDistribution $sortByCount $unionWith $vectorSearch`);

/** As an accumulator of `$group`: answered with 15952. */
export const REFUSED_ACCUMULATORS = words(`
  $accumulator $bottom $bottomN $concatArrays $firstN $lastN $maxN $median $mergeObjects $minN $percentile
  $setUnion $stdDevPop $stdDevSamp $top $topN`);

/** As an expression: answered with 168 InvalidPipelineOperator. */
export const REFUSED_EXPRESSIONS = words(`
  $accumulator $acos $acosh $allElementsTrue $anyElementTrue $arrayToObject $asin $asinh $atan $atan2 $atanh
  $binarySize $bitAnd $bitNot $bitOr $bitXor $bsonSize $cmp $convert $cos $cosh $dateAdd $dateDiff
  $dateFromParts $dateFromString $dateSubtract $dateToParts $dateTrunc $dayOfMonth $dayOfWeek $dayOfYear
  $degreesToRadians $exp $firstN $function $getField $hour $indexOfArray $indexOfBytes $indexOfCP $isArray
  $isNumber $isoDayOfWeek $isoWeek $isoWeekYear $lastN $let $ln $log $log10 $ltrim $maxN $median $meta
  $millisecond $minN $minute $month $objectToArray $percentile $pow $radiansToDegrees $rand $range $reduce
  $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $reverseArray $round $rtrim $sampleRate $second
  $setDifference $setEquals $setField $setIntersection $setIsSubset $sin $sinh $slice $sortArray $split $sqrt
  $stdDevPop $stdDevSamp $strLenBytes $strcasecmp $substr $substrBytes $tan $tanh $toBool $toDate $toDecimal
  $toDouble $toHashedIndexKey $toInt $toLong $toObjectId $toUUID $trim $trunc $tsIncrement $tsSecond
  $unsetField $week $year $zip`);

/** What is offered, for the documentation and for the test that no name stands on both sides. */
export const OFFERED = {
  field: words(
    `$eq $ne $gt $gte $lt $lte $in $nin $exists $type $not $all $elemMatch $size $mod $regex $options`,
  ),
  top: words('$and $or $nor $expr $comment'),
  update: words(`
    $set $unset $inc $mul $min $max $rename $setOnInsert $currentDate $push $addToSet $pull $pullAll $pop`),
  stages: words(`
    $match $project $addFields $set $unset $group $sort $limit $skip $unwind $count $lookup $facet $replaceRoot
    $replaceWith`),
  accumulators: words('$sum $avg $min $max $first $last $push $addToSet $count'),
  expressions: words(`
    $add $subtract $multiply $divide $mod $abs $floor $ceil $sum $avg $min $max $eq $ne $gt $gte $lt $lte $and
    $or $not $in $cond $ifNull $switch $concat $toLower $toUpper $toString $strLenCP $substrCP $dateToString
    $size $arrayElemAt $first $last $filter $map $concatArrays $setUnion $mergeObjects $literal $type`),
} as const;
