import { createClient } from '@supabase/supabase-js';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Toaster } from 'sonner';
import { IntercomProvider, type Database, type LiveTable } from '../src';
import { App } from './app';

interface Config {
  supabaseUrl: string;
  supabaseKey: string;
  functionsUrl: string;
  /** Of a project that has more tables in its publication than the migrations put there. */
  liveTables?: LiveTable[];
}

const config = (await (await fetch('config.json')).json()) as Config;
// A link as Supabase's magic links are (#access_token=…) signs in.
const supabase = createClient<Database>(config.supabaseUrl, config.supabaseKey);
const queries = new QueryClient();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <IntercomProvider supabase={supabase} functionsUrl={config.functionsUrl} liveTables={config.liveTables}>
        <App supabase={supabase} />
        <Toaster position="bottom-center" theme="system" richColors closeButton />
      </IntercomProvider>
    </QueryClientProvider>
  </StrictMode>,
);
