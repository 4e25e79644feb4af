// What the dashboard calls things. Columns come from the migrations (database.types.ts); nothing is listed twice.
import type { Checked, Tables, TablesInsert, TablesUpdate } from './database.types';

type Row<T extends keyof Checked> = Omit<Tables<T>, keyof Checked[T]> & Checked[T];

export type SiteType = Checked['sites']['type'];
export type SiteStatus = Checked['sites']['status'];
export type SIPAccountType = Checked['sip_accounts']['type'];
export type CallRuleAction = Checked['call_rules']['action'];
export type SyncState = Checked['sip_account_sync']['state'];
export type ActivityLevel = Checked['intercom_activity_logs']['level'];

export type Site = Omit<Row<'sites'>, 'units' | 'sip_accounts'> & { buildings_count?: number; units_count?: number; sip_accounts_count?: number };
export type Building = Tables<'buildings'>;
export type IntercomUnit = Tables<'units'> & { sip_accounts?: SIPAccount[] };
export type CallRule = Row<'call_rules'>;
export type ActivityLog = Row<'intercom_activity_logs'>;
export type UnitSync = Row<'unit_sync'>;

/** What Kamailio has of an account; `last_error` is a sentence for people, in French. */
export type SIPAccountSync = Row<'sip_account_sync'>;

export type SIPAccount = Omit<Row<'sip_accounts'>, 'password_hash' | 'sync'> & { sync?: SIPAccountSync | null };

/** Each may carry an `id` of its own making (a uuid): the same id never makes a second row. */
export type SiteInsert = Pick<TablesInsert<'sites'>, 'id' | 'name' | 'timezone'> & { address?: string | null; type?: SiteType };
export type BuildingInsert = Pick<TablesInsert<'buildings'>, 'id' | 'site_id' | 'name' | 'floor_count'>;
export type UnitInsert = Pick<TablesInsert<'units'>, 'id' | 'building_id' | 'number' | 'floor' | 'owner_name' | 'owner_email'>;
export type CallRuleInsert = Omit<TablesInsert<'call_rules'>, 'action' | 'created_at' | 'updated_at'> & { action: CallRuleAction };
export interface SIPAccountInsert {
  id?: string;
  unit_id: string;
  type: SIPAccountType;
  username?: string;
  domain?: string;
  /** 12 to 128 characters; without it one is made. It goes to the backend and into no table. */
  password?: string;
  extension?: string | null;
  display_name?: string | null;
}

export type SiteUpdate = { id: string } & Partial<Omit<SiteInsert, 'id'>>;
export type BuildingUpdate = { id: string } & Partial<Pick<TablesUpdate<'buildings'>, 'name' | 'floor_count'>>;
export type UnitUpdate = { id: string } & Partial<Pick<TablesUpdate<'units'>, 'number' | 'floor' | 'owner_name' | 'owner_email'>>;
export type CallRuleUpdate = { id: string } & Partial<Omit<CallRuleInsert, 'id' | 'unit_id'>>;
/** A new name needs new credentials: digests are bound to it. */
export type SIPAccountUpdate = { id: string } & Partial<Pick<SIPAccount, 'username' | 'domain' | 'extension' | 'display_name' | 'type'>>;

/** What a phone registers with, as the mobile app keeps it. Shown once and never again. */
export interface SIPCredentials {
  uri: string;
  username: string;
  domain: string;
  password: string;
  wsServers: string;
  displayName?: string;
}

/** Without `credentials` the account exists and none could be issued; `warnings` say why. */
export type IssuedSIPAccount = SIPAccount & { credentials: SIPCredentials | null; warnings: string[] };

/** A link by which a device gets its credentials. What opens it is not in here, and nowhere after it was made. */
export type SIPEnrolment = Tables<'sip_account_enrolments'>;

export interface EnrolmentInsert {
  sip_account_id: string;
  /** 5 to 10080, which are 7 days; without it 1440. */
  valid_minutes?: number;
}

/** Handed over once. Whoever has the address or the picture gets the account's credentials, once. */
export interface IssuedEnrolment {
  id: string;
  sip_account_id: string;
  expires_at: string;
  url: string;
  /** A picture of the address, as a document of its own: for the `src` of an `img`. */
  qr_svg: string;
}

export interface KamailioSyncResult {
  success: boolean;
  action: string;
  accounts_created: number;
  accounts_updated: number;
  accounts_deleted: number;
  errors: string[];
  warnings: string[];
}

export interface KamailioStatus {
  connected: boolean;
  auth_enabled: boolean;
  registered_users: number;
  /** The worst of the problems, or that all is well. */
  message: string;
  // What the backend says beyond the contract; an older one doesn't.
  /** All that is wrong and what to do, the worst first. */
  problems?: string[];
  /** Seconds that the oldest change waits for Kamailio. */
  oldest_change_seconds?: number;
  changes_waiting?: number;
  accounts_without_credentials?: number;
}

export interface IntercomDashboardStats {
  sites_total: number;
  sites_online: number;
  sites_partial: number;
  sites_offline: number;
  buildings_total: number;
  units_total: number;
  sip_accounts_total: number;
  sip_accounts_registered: number;
}

/** A number that Kamailio can't resolve, because two flats fit equally well. */
export interface AmbiguousNumber {
  site_id: string;
  site: string;
  building: string;
  number: string;
  flats: number;
  own_building: boolean;
}
