// Live updates: a change that Realtime tells is a reason to look again, and never data. A table counts as live only
// while Realtime says so itself; the hooks poll for all others.
import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types';

/** In the publication supabase_realtime by the migrations. */
export const defaultLiveTables = ['sip_account_sync', 'unit_sync'] as const;

export type LiveTable = (typeof defaultLiveTables)[number] | 'sip_accounts' | 'sites' | 'intercom_activity_logs';

const GIVE_UP_AFTER = 3;
const TRY_AGAIN_MS = 5 * 60_000;
const GATHER_MS = 700;

let opened = 0;

export class LiveTables {
  private readonly channels = new Map<LiveTable, RealtimeChannel>();
  private readonly live = new Set<LiveTable>();
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  /**
   * @param look Looks again at what is shown of a table, as something in it changed, or may have changed while nobody
   * listened. False: not now, because a look is under way that may have begun before the change.
   */
  constructor(
    private readonly supabase: SupabaseClient<Database>,
    private readonly tables: readonly LiveTable[],
    private readonly look: (table: LiveTable) => boolean,
  ) {}

  start(): void {
    for (const table of this.tables) this.open(table);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const table of [...this.channels.keys()]) this.close(table);
  }

  readonly isLive = (table: LiveTable): boolean => this.live.has(table);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // A channel for each table: one that is not in the publication would take the others with it.
  private open(table: LiveTable): void {
    let failures = 0;
    const down = () => {
      this.mark(table, false);
      // No Realtime here, as on the local stack: knocking every few seconds would be noise.
      if (++failures === GIVE_UP_AFTER) this.later(table);
    };
    const channel = this.supabase
      // A name of its own: one that is being left can't be joined.
      .channel(`intercom:${table}:${++opened}`)
      .on('postgres_changes', { event: '*', schema: 'public', table }, () => this.changed(table))
      // "SUBSCRIBED" comes before the server knows whether it can watch the table; this comes after.
      .on('system', {}, (news: { extension?: string; status?: string }) => {
        if (news.extension !== 'postgres_changes') return;
        if (news.status !== 'ok') return down();
        failures = 0;
        this.mark(table, true);
        this.changed(table);
      });
    this.channels.set(table, channel);
    channel.subscribe((status) => {
      if (status !== 'SUBSCRIBED' && this.channels.get(table) === channel) down();
    });
  }

  private close(table: LiveTable): void {
    const channel = this.channels.get(table);
    this.channels.delete(table);
    this.mark(table, false);
    if (channel) void this.supabase.removeChannel(channel);
  }

  private later(table: LiveTable): void {
    this.close(table);
    this.after(TRY_AGAIN_MS, `open ${table}`, () => this.open(table));
  }

  // Ten thousand accounts that are applied at once are one reason to look, or the look would never end.
  private changed(table: LiveTable): void {
    this.after(GATHER_MS, `look ${table}`, () => {
      if (!this.look(table)) this.changed(table);
    });
  }

  private after(delay: number, what: string, run: () => void): void {
    if (this.timers.has(what)) return;
    this.timers.set(what, setTimeout(() => {
      this.timers.delete(what);
      run();
    }, delay));
  }

  private mark(table: LiveTable, live: boolean): void {
    if (this.live.has(table) === live) return;
    if (live) this.live.add(table);
    else this.live.delete(table);
    for (const listener of this.listeners) listener();
  }
}
