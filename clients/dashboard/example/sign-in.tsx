import type { SupabaseClient } from '@supabase/supabase-js';
import { useState, type FormEvent } from 'react';
import type { Database } from '../src';

export function SignIn({ supabase }: { supabase: SupabaseClient<Database> }) {
  const [failure, setFailure] = useState<string | null>(null);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { error } = await supabase.auth.signInWithPassword({ email: String(form.get('email')), password: String(form.get('password')) });
    setFailure(error && 'Adresse ou mot de passe inconnus.');
  };
  return (
    <main className="narrow">
      <h1>Interphones</h1>
      <form className="card" onSubmit={(event) => void send(event)}>
        <label>Adresse e-mail<input name="email" type="email" required autoComplete="username" /></label>
        <label>Mot de passe<input name="password" type="password" required autoComplete="current-password" /></label>
        {failure && <p className="failure" role="alert">{failure}</p>}
        <button className="primary">Se connecter</button>
      </form>
    </main>
  );
}
