import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useChange } from './changes';
import { intercomKeys } from './keys';
import { POLL_MS, UNSETTLED_MS, useReading } from './queries';
import { useIntercom } from './provider';
import { ask, askOne, insistently } from './requests';
import { useSecretChange, type Handed, type SecretMutation } from './secret-change';
import type { EnrolmentInsert, IssuedEnrolment, SIPEnrolment } from './types';

/** Of an account that is given a new device every week, the last year's. */
const MOST = 50;
/** Somebody stands there with the device in hand. */
const AWAITED_MS = 10 * 60_000;

/** The links that were made for an account, newest first; one of them is open at the most. */
export function useEnrolments(accountId: string): UseQueryResult<SIPEnrolment[], Error> {
  const { supabase } = useIntercom();
  return useReading({
    key: intercomKeys.enrolments(accountId),
    read: (signal) => ask(
      supabase.from('sip_account_enrolments').select().eq('sip_account_id', accountId).order('created_at', { ascending: false }).limit(MOST), signal),
    interval: (links) => (links?.some(isAwaited) ? UNSETTLED_MS : POLL_MS),
  });
}

export function enrolmentState({ redeemed_at, revoked_at, expires_at }: SIPEnrolment): 'open' | 'redeemed' | 'revoked' | 'expired' {
  if (redeemed_at) return 'redeemed';
  if (revoked_at) return 'revoked';
  return Date.parse(expires_at) <= Date.now() ? 'expired' : 'open';
}

const isAwaited = (link: SIPEnrolment): boolean =>
  enrolmentState(link) === 'open' && Math.abs(Date.now() - Date.parse(link.created_at)) < AWAITED_MS;

type Made = Omit<IssuedEnrolment, 'url' | 'qr_svg'>;
type Shown = Pick<IssuedEnrolment, 'url' | 'qr_svg'>;

const underWay = new Map<string, Promise<Handed<Made, Shown>>>();

/** A new link, handed to the caller; the account's other open one is dead then. It asks the function app itself (`functionsUrl`). */
export function useCreateEnrolment(): SecretMutation<EnrolmentInsert, Made, Shown> {
  const { kamailio } = useIntercom();
  // After a lost answer another one is made: nobody has seen the first.
  const create = async ({ sip_account_id, valid_minutes }: EnrolmentInsert): Promise<Handed<Made, Shown>> => {
    const { id, expires_at, ...secret } = await insistently(() => kamailio.enrol(sip_account_id, valid_minutes));
    return { kept: { id, expires_at, sip_account_id }, secret };
  };
  return useSecretChange<EnrolmentInsert, Made, Shown>({
    name: 'create-enrolment',
    run: (link) => {
      // Two clicks are one wish: of two links only the later one would open anything.
      const running = underWay.get(link.sip_account_id) ?? create(link).finally(() => underWay.delete(link.sip_account_id));
      underWay.set(link.sip_account_id, running);
      return running;
    },
    // Its picture is what tells.
    tell: () => {},
  });
}

/** By its id. What it has opened already stays open: useRekeySIPAccount. */
export function useRevokeEnrolment(): UseMutationResult<SIPEnrolment, Error, string> {
  const { supabase } = useIntercom();
  return useChange({
    name: 'revoke-enrolment',
    // The moment is the database's, whatever stands here.
    run: (id) => insistently(() => askOne(supabase.from('sip_account_enrolments').update({ revoked_at: new Date().toISOString() }).eq('id', id).select())),
    said: ({ redeemed_at }) => {
      if (!redeemed_at) return 'Code QR révoqué.';
      const tooLate = 'Ce code a déjà servi. Émettez de nouveaux identifiants pour déconnecter l’appareil.';
      toast.warning(tooLate, { id: tooLate });
      return null;
    },
  });
}
