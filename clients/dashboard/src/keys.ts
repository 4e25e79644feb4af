/** Every key of this module begins with `intercom`, so that one prefix reaches all of it. */
const root = 'intercom';

export const intercomKeys = {
  all: [root] as const,
  sites: [root, 'sites'] as const,
  buildings: (siteId?: string) => [root, 'buildings', ...given(siteId)] as const,
  units: (buildingId?: string) => [root, 'units', ...given(buildingId)] as const,
  sipAccounts: (unitId?: string) => [root, 'sip-accounts', ...given(unitId)] as const,
  enrolments: (accountId?: string) => [root, 'enrolments', ...given(accountId)] as const,
  callRules: (unitId?: string) => [root, 'call-rules', ...given(unitId)] as const,
  unitSync: (unitId?: string) => [root, 'unit-sync', ...given(unitId)] as const,
  activity: (filter?: object) => [root, 'activity', ...given(filter)] as const,
  stats: [root, 'stats'] as const,
  kamailioStatus: [root, 'kamailio-status'] as const,
  ambiguousNumbers: [root, 'ambiguous-numbers'] as const,
};

const given = <T>(part: T | undefined): T[] => (part === undefined ? [] : [part]);
