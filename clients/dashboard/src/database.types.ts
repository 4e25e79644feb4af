// Generated from supabase/migrations by ./dev types; a test fails when the two drift apart.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]
export type Database = {
  "public": {
    Tables: {
      "buildings": {
        Row: {
          "created_at": string,
          "floor_count": number,
          "id": string,
          "name": string,
          "site_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Insert: {
          "created_at"?: string,
          "floor_count"?: number,
          "id"?: string,
          "name": string,
          "site_id": string,
          "updated_at"?: string
        }
        Update: {
          "created_at"?: string,
          "floor_count"?: number,
          "id"?: string,
          "name"?: string,
          "site_id"?: string,
          "updated_at"?: string
        }
        Relationships: [
          {
            foreignKeyName: "buildings_site_id_fkey"
            columns: ["site_id"]
            isOneToOne: false
            referencedRelation: "sites"
            referencedColumns: ["id"]
          }
        ]
      },
      "call_rules": {
        Row: {
          "action": string,
          "created_at": string,
          "enabled": boolean,
          "id": string,
          "name": string,
          "priority": number,
          "source_pattern": string,
          "target_sip_uri": string | null,
          "unit_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Insert: {
          "action": string,
          "created_at"?: string,
          "enabled"?: boolean,
          "id"?: string,
          "name": string,
          "priority"?: number,
          "source_pattern": string,
          "target_sip_uri"?: string | null,
          "unit_id": string,
          "updated_at"?: string
        }
        Update: {
          "action"?: string,
          "created_at"?: string,
          "enabled"?: boolean,
          "id"?: string,
          "name"?: string,
          "priority"?: number,
          "source_pattern"?: string,
          "target_sip_uri"?: string | null,
          "unit_id"?: string,
          "updated_at"?: string
        }
        Relationships: [
          {
            foreignKeyName: "call_rules_unit_id_fkey"
            columns: ["unit_id"]
            isOneToOne: false
            referencedRelation: "units"
            referencedColumns: ["id"]
          }
        ]
      },
      "intercom_activity_logs": {
        Row: {
          "action": string,
          "building_id": string | null,
          "created_at": string,
          "id": string,
          "level": string,
          "message": string,
          "metadata": NonNullable<Json>,
          "sip_account_id": string | null,
          "site_id": string | null,
          "unit_id": string | null
        }
        ComputedFields: never
        Insert: {
          "action": string,
          "building_id"?: string | null,
          "created_at"?: string,
          "id"?: string,
          "level"?: string,
          "message": string,
          "metadata"?: NonNullable<Json>,
          "sip_account_id"?: string | null,
          "site_id"?: string | null,
          "unit_id"?: string | null
        }
        Update: {
          "action"?: string,
          "building_id"?: string | null,
          "created_at"?: string,
          "id"?: string,
          "level"?: string,
          "message"?: string,
          "metadata"?: NonNullable<Json>,
          "sip_account_id"?: string | null,
          "site_id"?: string | null,
          "unit_id"?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "intercom_activity_logs_building_id_fkey"
            columns: ["building_id"]
            isOneToOne: false
            referencedRelation: "buildings"
            referencedColumns: ["id"]
          },{
            foreignKeyName: "intercom_activity_logs_sip_account_id_fkey"
            columns: ["sip_account_id"]
            isOneToOne: false
            referencedRelation: "sip_accounts"
            referencedColumns: ["id"]
          },{
            foreignKeyName: "intercom_activity_logs_site_id_fkey"
            columns: ["site_id"]
            isOneToOne: false
            referencedRelation: "sites"
            referencedColumns: ["id"]
          },{
            foreignKeyName: "intercom_activity_logs_unit_id_fkey"
            columns: ["unit_id"]
            isOneToOne: false
            referencedRelation: "units"
            referencedColumns: ["id"]
          }
        ]
      },
      "sip_account_enrolments": {
        Row: {
          "created_at": string,
          "created_by": string | null,
          "expires_at": string,
          "id": string,
          "redeemed_at": string | null,
          "revoked_at": string | null,
          "sip_account_id": string
        }
        ComputedFields: never
        Insert: {
          "created_at"?: string,
          "created_by"?: string | null,
          "expires_at": string,
          "id"?: string,
          "redeemed_at"?: string | null,
          "revoked_at"?: string | null,
          "sip_account_id": string
        }
        Update: {
          "created_at"?: string,
          "created_by"?: string | null,
          "expires_at"?: string,
          "id"?: string,
          "redeemed_at"?: string | null,
          "revoked_at"?: string | null,
          "sip_account_id"?: string
        }
        Relationships: [
          {
            foreignKeyName: "sip_account_enrolments_sip_account_id_fkey"
            columns: ["sip_account_id"]
            isOneToOne: false
            referencedRelation: "sip_accounts"
            referencedColumns: ["id"]
          }
        ]
      },
      "sip_account_sync": {
        Row: {
          "account_id": string,
          "attempts": number,
          "error_code": string | null,
          "has_credentials": boolean,
          "last_error": string | null,
          "state": string,
          "synced_at": string | null,
          "unit_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Insert: {
          "account_id": string,
          "attempts"?: number,
          "error_code"?: string | null,
          "has_credentials"?: boolean,
          "last_error"?: string | null,
          "state"?: string,
          "synced_at"?: string | null,
          "unit_id": string,
          "updated_at"?: string
        }
        Update: {
          "account_id"?: string,
          "attempts"?: number,
          "error_code"?: string | null,
          "has_credentials"?: boolean,
          "last_error"?: string | null,
          "state"?: string,
          "synced_at"?: string | null,
          "unit_id"?: string,
          "updated_at"?: string
        }
        Relationships: [
        ]
      },
      "sip_accounts": {
        Row: {
          "created_at": string,
          "display_name": string | null,
          "domain": string,
          "enabled": boolean,
          "extension": string | null,
          "id": string,
          "last_registration": string | null,
          "password_hash": string | null,
          "registered": boolean,
          "type": string,
          "unit_id": string,
          "updated_at": string,
          "username": string,
          "sync": {
            "account_id": string,
            "attempts": number,
            "error_code": string | null,
            "has_credentials": boolean,
            "last_error": string | null,
            "last_error_detail": string | null,
            "state": string,
            "synced_at": string | null,
            "unit_id": string,
            "updated_at": string
          } | null
        }
        ComputedFields: "sync"
        Insert: {
          "created_at"?: string,
          "display_name"?: string | null,
          "domain"?: string,
          "enabled"?: boolean,
          "extension"?: string | null,
          "id"?: string,
          "last_registration"?: string | null,
          "password_hash"?: string | null,
          "registered"?: boolean,
          "type": string,
          "unit_id": string,
          "updated_at"?: string,
          "username": string
        }
        Update: {
          "created_at"?: string,
          "display_name"?: string | null,
          "domain"?: string,
          "enabled"?: boolean,
          "extension"?: string | null,
          "id"?: string,
          "last_registration"?: string | null,
          "password_hash"?: string | null,
          "registered"?: boolean,
          "type"?: string,
          "unit_id"?: string,
          "updated_at"?: string,
          "username"?: string
        }
        Relationships: [
          {
            foreignKeyName: "sip_accounts_unit_id_fkey"
            columns: ["unit_id"]
            isOneToOne: false
            referencedRelation: "units"
            referencedColumns: ["id"]
          }
        ]
      },
      "sites": {
        Row: {
          "address": string | null,
          "created_at": string,
          "id": string,
          "name": string,
          "status": string,
          "timezone": string,
          "type": string,
          "updated_at": string,
          "user_id": string,
          "sip_accounts": {
            "created_at": string,
            "display_name": string | null,
            "domain": string,
            "enabled": boolean,
            "extension": string | null,
            "id": string,
            "last_registration": string | null,
            "password_hash": string | null,
            "registered": boolean,
            "type": string,
            "unit_id": string,
            "updated_at": string,
            "username": string
          } | null,
          "units": {
            "building_id": string,
            "created_at": string,
            "floor": number | null,
            "id": string,
            "number": string,
            "owner_email": string | null,
            "owner_name": string | null,
            "updated_at": string
          } | null
        }
        ComputedFields: "sip_accounts" | "units"
        Insert: {
          "address"?: string | null,
          "created_at"?: string,
          "id"?: string,
          "name": string,
          "status"?: string,
          "timezone"?: string,
          "type"?: string,
          "updated_at"?: string,
          "user_id"?: string
        }
        Update: {
          "address"?: string | null,
          "created_at"?: string,
          "id"?: string,
          "name"?: string,
          "status"?: string,
          "timezone"?: string,
          "type"?: string,
          "updated_at"?: string,
          "user_id"?: string
        }
        Relationships: [
        ]
      },
      "unit_sync": {
        Row: {
          "attempts": number,
          "error_about": string | null,
          "error_code": string | null,
          "last_error": string | null,
          "state": string,
          "synced_at": string | null,
          "unit_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Insert: {
          "attempts"?: number,
          "error_about"?: string | null,
          "error_code"?: string | null,
          "last_error"?: string | null,
          "state"?: string,
          "synced_at"?: string | null,
          "unit_id": string,
          "updated_at"?: string
        }
        Update: {
          "attempts"?: number,
          "error_about"?: string | null,
          "error_code"?: string | null,
          "last_error"?: string | null,
          "state"?: string,
          "synced_at"?: string | null,
          "unit_id"?: string,
          "updated_at"?: string
        }
        Relationships: [
        ]
      },
      "units": {
        Row: {
          "building_id": string,
          "created_at": string,
          "floor": number | null,
          "id": string,
          "number": string,
          "owner_email": string | null,
          "owner_name": string | null,
          "updated_at": string
        }
        ComputedFields: never
        Insert: {
          "building_id": string,
          "created_at"?: string,
          "floor"?: number | null,
          "id"?: string,
          "number": string,
          "owner_email"?: string | null,
          "owner_name"?: string | null,
          "updated_at"?: string
        }
        Update: {
          "building_id"?: string,
          "created_at"?: string,
          "floor"?: number | null,
          "id"?: string,
          "number"?: string,
          "owner_email"?: string | null,
          "owner_name"?: string | null,
          "updated_at"?: string
        }
        Relationships: [
          {
            foreignKeyName: "units_building_id_fkey"
            columns: ["building_id"]
            isOneToOne: false
            referencedRelation: "buildings"
            referencedColumns: ["id"]
          }
        ]
      }
    }
    Views: {
      "sip_account_sync_view": {
        Row: {
          "account_id": string,
          "attempts": number,
          "error_code": string | null,
          "has_credentials": boolean,
          "last_error": string | null,
          "last_error_detail": string | null,
          "state": string,
          "synced_at": string | null,
          "unit_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Relationships: [
        ]
      },
      "unit_sync_view": {
        Row: {
          "attempts": number,
          "error_code": string | null,
          "last_error": string | null,
          "last_error_detail": string | null,
          "state": string,
          "synced_at": string | null,
          "unit_id": string,
          "updated_at": string
        }
        ComputedFields: never
        Relationships: [
        ]
      }
    }
    Functions: {
      "ambiguous_numbers":
      { Args: { "p_limit"?: number }; Returns: {
          "building": string,
          "building_id": string,
          "flats": number,
          "number": string,
          "own_building": boolean,
          "site": string,
          "site_id": string
        }[]
      },
      "get_intercom_stats":
      { Args: { "p_user_id"?: string }; Returns: {
          "buildings_total": number,
          "sip_accounts_registered": number,
          "sip_accounts_total": number,
          "sites_offline": number,
          "sites_online": number,
          "sites_partial": number,
          "sites_total": number,
          "units_total": number
        }[]
      },
      "intercom_explanation":
      { Args: { "p_about"?: string,
          "p_code": string,
          "p_language": string }; Returns: string
      },
      "intercom_language":
      { Args: Record<PropertyKey, never>; Returns: string
      },
      "latest_activity":
      { Args: { "p_limit"?: number }; Returns: {
          "action": string,
          "building_id": string | null,
          "created_at": string,
          "id": string,
          "level": string,
          "message": string,
          "metadata": NonNullable<Json>,
          "sip_account_id": string | null,
          "site_id": string | null,
          "unit_id": string | null
        }[]
        SetofOptions: {
          from: "*"
          to: "intercom_activity_logs"
          isOneToOne: false
          isSetofReturn: true
        } },
      "own_sip_accounts":
      { Args: { "p_limit"?: number,
          "p_offset"?: number }; Returns: {
          "created_at": string,
          "display_name": string | null,
          "domain": string,
          "enabled": boolean,
          "extension": string | null,
          "id": string,
          "last_registration": string | null,
          "password_hash": string | null,
          "registered": boolean,
          "type": string,
          "unit_id": string,
          "updated_at": string,
          "username": string
        }[]
        SetofOptions: {
          from: "*"
          to: "sip_accounts"
          isOneToOne: false
          isSetofReturn: true
        } },
      "own_units":
      { Args: { "p_limit"?: number,
          "p_offset"?: number }; Returns: {
          "building_id": string,
          "created_at": string,
          "floor": number | null,
          "id": string,
          "number": string,
          "owner_email": string | null,
          "owner_name": string | null,
          "updated_at": string
        }[]
        SetofOptions: {
          from: "*"
          to: "units"
          isOneToOne: false
          isSetofReturn: true
        } },
      "sip_accounts":
      { Args: { "": Database["public"]['Tables']["sites"]['Row'] }; Returns: { error: true } & "the function public.sip_accounts with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
        SetofOptions: {
          from: "sites"
          to: "sip_accounts"
          isOneToOne: false
          isSetofReturn: true
        } },
      "sync":
      { Args: { "": Database["public"]['Tables']["sip_accounts"]['Row'] }; Returns: { error: true } & "the function public.sync with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
        SetofOptions: {
          from: "sip_accounts"
          to: "sip_account_sync_view"
          isOneToOne: true
          isSetofReturn: true
        } },
      "units":
      { Args: { "": Database["public"]['Tables']["sites"]['Row'] }; Returns: { error: true } & "the function public.units with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
        SetofOptions: {
          from: "sites"
          to: "units"
          isOneToOne: false
          isSetofReturn: true
        } }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}
type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>
type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]
export type Tables<
DefaultSchemaTableNameOrOptions extends
| keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
| { schema: keyof DatabaseWithoutInternals },
TableName extends DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
  DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
: never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
  DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
  Row: infer R
}
? R
: never
: DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
  Row: infer R
}
? R
: never
: never
export type TablesInsert<
DefaultSchemaTableNameOrOptions extends
| keyof DefaultSchema["Tables"]
| { schema: keyof DatabaseWithoutInternals },
TableName extends DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
: never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
  Insert: infer I
}
? I
: never
: DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
  Insert: infer I
}
? I
: never
: never
export type TablesUpdate<
DefaultSchemaTableNameOrOptions extends
| keyof DefaultSchema["Tables"]
| { schema: keyof DatabaseWithoutInternals },
TableName extends DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
: never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
  Update: infer U
}
? U
: never
: DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
  Update: infer U
}
? U
: never
: never
export type Enums<
DefaultSchemaEnumNameOrOptions extends
| keyof DefaultSchema["Enums"]
| { schema: keyof DatabaseWithoutInternals },
EnumName extends DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
: never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
: DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
: never
export type CompositeTypes<
PublicCompositeTypeNameOrOptions extends
| keyof DefaultSchema["CompositeTypes"]
| { schema: keyof DatabaseWithoutInternals },
CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
: never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
: PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
: never
export const Constants = {
  "public": {
    Enums: {
    }
  }
} as const

/** The values that check constraints allow, by table and column. */
export type Checked = {
  call_rules: { action: "ring" | "forward" | "voicemail" | "reject" };
  intercom_activity_logs: { level: "info" | "success" | "warning" | "error" };
  sip_account_sync: { state: "pending" | "synced" | "retrying" | "failed" | "disabled" };
  sip_accounts: { type: "panel" | "mobile" | "station" };
  sites: { status: "online" | "partial" | "offline"; type: "building" | "villa" };
  unit_sync: { state: "pending" | "synced" | "retrying" | "failed" };
};
