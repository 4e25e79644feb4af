import type { Session, SupabaseClient } from '@supabase/supabase-js';
import { useEffect, useState } from 'react';
import type { Database } from '../src';
import { Overview } from './overview';
import { useRoute } from './route';
import { SignIn } from './sign-in';
import { SitePage } from './site';
import { SitesPage } from './sites';
import { UnitPage } from './unit';

export function App({ supabase }: { supabase: SupabaseClient<Database> }) {
  const session = useSession(supabase);
  if (session === undefined) return null;
  if (session === null) return <SignIn supabase={supabase} />;
  return (
    <>
      <header className="top">
        <a href="#/"><h1>Interphones</h1></a>
        <span className="muted">{session.user.email}</span>
        <button onClick={() => void supabase.auth.signOut({ scope: 'local' })}>Se déconnecter</button>
      </header>
      <main key={session.user.id}><Page /></main>
    </>
  );
}

function Page() {
  const { site, building, unit } = useRoute();
  if (site && building && unit) return <UnitPage siteId={site} buildingId={building} unitId={unit} />;
  if (site) return <SitePage siteId={site} />;
  return <><Overview /><SitesPage /></>;
}

/** Undefined until it is known. */
function useSession(supabase: SupabaseClient<Database>): Session | null | undefined {
  const [session, setSession] = useState<Session | null>();
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_, now) => setSession(now));
    return () => data.subscription.unsubscribe();
  }, [supabase]);
  return session;
}
