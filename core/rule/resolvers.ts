import { toGlobalId } from '../graphql/global-id.ts';
import type { Declared, RequestContext, Resolvers, RuleDataDeclaration } from '../plugin/contract.ts';
import type { RuleVersionRecord } from './records.ts';
import { ruleService } from './service.ts';

type KindDeclaration = Declared<RuleDataDeclaration>;

export const ruleResolvers: Resolvers = {
  Query: {
    ruleKinds: (_: never, __: never, context: RequestContext) => context.service(ruleService).kinds(),
    ruleVersions: (_: never, { kind }: { kind: string }, context: RequestContext) =>
      context.service(ruleService).history(kind),
  },
  Mutation: {
    proposeRule: async (
      _: never,
      args: { kind: string; data: unknown; reason: string },
      context: RequestContext,
    ) => {
      const result = await context
        .service(ruleService)
        .propose(context.actor, args.kind, args.data, args.reason);
      if ('approvalId' in result)
        return {
          __typename: 'RuleProposed',
          approvalId: toGlobalId('Approval', result.approvalId),
          version: result.version,
        };
      return {
        __typename: 'RuleInvalid',
        code: 'RULE_INVALID',
        message: {
          zh: '规则数据不能使用，未提交申请。请按位置逐条修改。',
          en: 'The data cannot be used, so nothing was proposed. Correct each place.',
        },
        problems: result.problems,
      };
    },
  },
  RuleKind: {
    version: ({ kind }: KindDeclaration, _: never, context: RequestContext) =>
      context.service(ruleService).current(kind).version,
    data: ({ kind }: KindDeclaration, _: never, context: RequestContext) =>
      context.service(ruleService).current(kind).data,
  },
  RuleVersion: {
    data: ({ data }: RuleVersionRecord) => JSON.parse(data) as unknown,
    makerName: ({ maker }: RuleVersionRecord) => maker.name,
    checkerName: ({ checker }: RuleVersionRecord) => checker?.name ?? null,
  },
};
