export { IntercomProvider, type IntercomProviderProps } from './provider';
export { type LiveTable } from './live';
export { intercomKeys } from './keys';
export { IntercomError, type FaultKind } from './errors';
export { useCreateSite, useDeleteSite, useSites, useUpdateSite } from './sites';
export { useBuildings, useCreateBuilding, useDeleteBuilding, useUpdateBuilding } from './buildings';
export { useCreateUnit, useDeleteUnit, useUnits, useUnitSync, useUpdateUnit } from './units';
export { useDeleteSIPAccount, useSetSIPAccountEnabled, useSIPAccounts, useUpdateSIPAccount } from './accounts';
export { useCreateSIPAccount, useRekeySIPAccount } from './credentials';
export { enrolmentState, useCreateEnrolment, useEnrolments, useRevokeEnrolment } from './enrolments';
export { type SecretMutation } from './secret-change';
export { useCallRules, useCreateCallRule, useDeleteCallRule, useUpdateCallRule } from './call-rules';
export {
  useActivityLog, useAmbiguousNumbers, useIntercomStats, useKamailioStatus, useSyncKamailio, type ActivityFilter,
} from './overview';
export type { Database } from './database.types';
export type * from './types';
