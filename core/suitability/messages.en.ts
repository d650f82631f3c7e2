import type { Messages } from '../explain/line.ts';

export const SUITABILITY_MESSAGES_EN: Messages = {
  'suitability.outcome.MATCH': 'Suits the client (policy {policy})',
  'suitability.outcome.WARN_REQUIRED':
    'Does not suit the client: sold only on their own initiative, after a warning (policy {policy})',
  'suitability.outcome.EXPIRED': 'Cannot be judged: an assessment has expired (policy {policy})',
  'suitability.outcome.INCOMPLETE': 'Cannot be judged: something is not known (policy {policy})',
  'suitability.outcome.FORBIDDEN': 'May not be sold to the client (policy {policy})',
  'suitability.reason.RISK_MATCH': 'Risk: {level} is within what a {category} client can bear',
  'suitability.reason.RISK_ABOVE_CAPACITY': 'Risk: {level} is above what a {category} client can bear',
  'suitability.reason.RISK_FORBIDDEN': 'Risk: {level} may not be sold to a {category} client',
  'suitability.reason.RISK_LOWEST_CATEGORY':
    'Risk: the client is of the lowest category, so nothing above R1 may be sold, and this is {level}',
  'suitability.reason.RISK_PROFESSIONAL':
    'Risk: the client is a professional investor; the product is {level}',
  'suitability.reason.PRODUCT_UNRATED': 'Risk: the product has no rating in force',
  'suitability.reason.RATING_EXPIRED': "The product's risk rating has expired",
  'suitability.reason.PROFILE_EXPIRED': "The client's risk profile has expired",
  'suitability.reason.PROFILE_AND_RATING_EXPIRED':
    "Both the client's risk profile and the product's risk rating have expired",
  'suitability.reason.CLIENT_UNKNOWN': 'The client is not known',
  'suitability.reason.PROFILE_MISSING': 'The client has no risk profile',
  'suitability.reason.PROFESSIONAL_UNPROVEN':
    'The evidence of professional status is missing or has expired, and there is no risk profile',
  'suitability.reason.STATED_MATCH': '{dimension}: {product} is within what the client stated ({client})',
  'suitability.reason.STATEMENT_MISSING': '{dimension}: the client did not state a wish',
  'suitability.reason.STATEMENT_NOT_NEEDED': '{dimension}: a professional investor need not state a wish',
  'suitability.reason.PRODUCT_FACT_MISSING': '{dimension}: the product does not state it',
  'suitability.reason.TERM_TOO_LONG': '{dimension}: {product} is longer than the client stated ({client})',
  'suitability.reason.KIND_NOT_WISHED':
    '{dimension}: {product} is not among what the client stated ({client})',
  'suitability.reason.RETURN_NOT_SOUGHT':
    '{dimension}: {product} is bolder than the client stated ({client})',
  'suitability.reason.VALUE_OPEN': 'Value: open to all tiers',
  'suitability.reason.VALUE_ENTITLED': "Value: the client's tier is entitled to it",
  'suitability.reason.VALUE_PAYS': "Value: the client's tier is not entitled to it, so it must be paid for",
  'suitability.reason.VALUE_UNKNOWN': 'Value: the tier of the client is not known',
  'suitability.reason.CHANNEL_BY_LISTING':
    'Channel: where it is offered is decided by its listing ({channel})',
  'suitability.reason.REGION_ANY': 'Region: it may be offered anywhere',
  'suitability.reason.REGION_INSIDE': 'Region: it may be offered in {region}',
  'suitability.reason.REGION_OUTSIDE': 'Region: it may not be offered in {region}',
  'suitability.reason.REGION_UNKNOWN': 'Region: the region of the client is not known',
  'suitability.reason.AGE_KNOWN': 'Age: {age} years; age adds duties only',
  'suitability.reason.AGE_UNKNOWN': 'Age: not known',
  'suitability.reason.DIMENSION_UNKNOWN': 'Dimension "{dimension}" is not installed',
  'suitability.reason.DIMENSION_FAILED': 'Dimension "{dimension}" could not be judged: {error}',
  'suitability.reason.added': 'Dimension "{dimension}": {reason}',
  'suitability.dimension.term': 'Term',
  'suitability.dimension.kind': 'Kind of investment',
  'suitability.dimension.return': 'Expected return',
  'suitability.eligibility.VERIFIED': 'Condition "{code}" is met',
  'suitability.eligibility.FAILED': 'Condition "{code}" is not met; no warning cures that',
  'suitability.eligibility.UNVERIFIED': 'Condition "{code}" has not been verified',
  'suitability.eligibility.EVIDENCE_EXPIRED': 'The evidence for condition "{code}" has expired',
  'suitability.eligibility.UNKNOWN_RULE': 'Condition "{code}" is not in the policy, so it cannot be verified',
  'suitability.duty.BEFORE_RESERVATION': 'Before it can be ordered: {duty}',
  'suitability.duty.AFTER_SALE': 'After the sale: {duty}',
  'suitability.invisible': 'Not shown to this client: it may not be promoted publicly',
  'suitability.disclaimer': 'This opinion is no judgement or guarantee of the product.',
};
