/** Who sends the query: a touchpoint by its channel, or by this word the member of staff who is signed in. */
export const myself = 'myself';

/** What keeps a query from being sent at all. */
export type Refusal = 'variables' | 'headers' | 'query';
