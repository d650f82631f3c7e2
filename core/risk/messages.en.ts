import type { Messages } from '../explain/line.ts';

export const RISK_MESSAGES_EN: Messages = {
  'risk.score': 'The factors sum to {score}, which is {level} ({model})',
  'risk.floor.KIND': 'Its kind is at least {level}',
  'risk.floor.TYPE': 'Its type is at least {level}',
  'risk.floor.LEVERAGE': 'Its structural leverage makes it at least {level}',
  'risk.floor.VALUATION': 'Its unclear valuation makes it at least {level}',
  'risk.floor.MANAGER': 'Its own manager rates it {level}',
  'risk.floor.OVERRIDE': 'It was raised to {level}',
  'risk.overrideNotHigher': 'The override to {level} is not higher than what stands and has no effect',
  'risk.decided.BAND': 'Rated {level} by its factors',
  'risk.decided.KIND': 'Rated {level} by the floor of its kind',
  'risk.decided.TYPE': 'Rated {level} by the floor of its type',
  'risk.decided.LEVERAGE': 'Rated {level} by its leverage',
  'risk.decided.VALUATION': 'Rated {level} because its valuation is unclear',
  'risk.decided.MANAGER': "Rated {level} by its manager's own rating",
  'risk.decided.OVERRIDE': 'Rated {level} by an override',
  'risk.factorMissing': 'Not rated: factor {factor} has no score',
  'risk.factorUnknown': 'Not rated: factor {factor} is not in the model',
  'risk.scoreOutOfRange':
    'Not rated: factor {factor} has score {score}, it must be a whole number from 1 to 5',
  'risk.leverageMissing': 'Not rated: the structural leverage is not stated',
  'risk.leverageOutOfRange':
    'Not rated: a structural leverage of {hundredths} hundredths is impossible, 100 is none',
  'risk.typeUnknown': 'Not rated: type table {table} does not know "{type}"',
  'risk.typeDoesNotTell': 'Not rated: the type "{type}" does not tell the risk: {why}',
  'risk.typeRulesClash': 'Not rated: two rules of the type table claim "{type}" alike: {one} and {other}',
};
