// What the existing dashboard relies on, as types: the compiler holds the module against them. Nothing imports this.
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type * as intercom from '../src';

interface SIPAccount {
  id: string; unit_id: string; username: string; domain: string; extension?: string | null; display_name?: string | null;
  type: string; enabled: boolean; registered: boolean; last_registration?: string | null; created_at: string; updated_at: string;
}
interface Site {
  id: string; name: string; address: string | null; type: 'building' | 'villa'; status: 'online' | 'partial' | 'offline'; timezone: string;
  user_id: string; created_at: string; updated_at: string; buildings_count?: number; units_count?: number; sip_accounts_count?: number;
}
interface Unit { id: string; building_id: string; number: string; floor: number | null; owner_name: string | null; owner_email: string | null; sip_accounts?: SIPAccount[] }
interface Building { id: string; site_id: string; name: string; floor_count: number }
interface Stats { sites_total: number; sites_online: number; buildings_total: number; units_total: number; sip_accounts_total: number; sip_accounts_registered: number }
interface SyncResult { success: boolean; accounts_created: number; accounts_updated: number; accounts_deleted: number; errors: string[] }

type SiteInsert = { name: string; address: string; type?: 'building' | 'villa'; timezone?: string };
type BuildingInsert = { site_id: string; name: string; floor_count?: number };
type UnitInsert = { building_id: string; number: string; floor?: number; owner_name?: string; owner_email?: string };
type SIPAccountInsert = { unit_id: string; username?: string; domain?: string; password?: string; extension?: string; display_name?: string; type: 'panel' | 'mobile' };

type Reads<T> = Pick<UseQueryResult<T, Error>, 'data' | 'error' | 'isLoading'>;
type Changes<T, V> = { mutate: (variables: V) => void; mutateAsync: (variables: V) => Promise<T>; isPending: boolean };

export interface Contract {
  useSites: () => Reads<Site[]>;
  useCreateSite: () => Changes<Site, SiteInsert>;
  useBuildings: (siteId?: string) => Reads<Building[]>;
  useCreateBuilding: () => Changes<Building, BuildingInsert>;
  useUnits: (buildingId?: string) => Reads<Unit[]>;
  useCreateUnit: () => Changes<Unit, UnitInsert>;
  useSIPAccounts: (unitId?: string) => Reads<SIPAccount[]>;
  useCreateSIPAccount: () => Changes<SIPAccount, SIPAccountInsert>;
  useDeleteSIPAccount: () => Changes<unknown, string>;
  useSyncKamailio: () => Pick<UseMutationResult<SyncResult, Error, void>, 'mutate' | 'mutateAsync' | 'isPending'>;
  useIntercomStats: () => Reads<Stats>;
}

type Kept<T extends Contract> = T;
export type Module = Kept<typeof intercom>;
