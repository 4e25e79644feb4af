import { enrolmentState, useEnrolments, useRevokeEnrolment, type IssuedEnrolment } from '../src';
import { Buttons, Dialog, Moment } from './ui';

const ends = {
  redeemed: 'L’appareil a reçu ses identifiants.',
  revoked: 'Ce code a été révoqué : il n’ouvre plus rien.',
  expired: 'Ce code a expiré : il n’ouvre plus rien.',
};

/** The only moment in which the code is seen; closing it is the end of it here, and the code stays valid. */
export function EnrolmentDialog({ link, onClose }: { link: IssuedEnrolment; onClose: () => void }) {
  const now = useEnrolments(link.sip_account_id).data?.find(({ id }) => id === link.id);
  const revoke = useRevokeEnrolment();
  const state = now ? enrolmentState(now) : 'open';
  return (
    <Dialog title="Code QR" onClose={onClose}>
      {state !== 'open' ? <p className="notice" role="status">{ends[state]}</p> : (
        <>
          <img className="code" src={`data:image/svg+xml,${encodeURIComponent(link.qr_svg)}`} alt="Code QR pour l’appareil" />
          <p>
            À scanner avec l’appareil avant le <Moment at={link.expires_at} />. Il sert une fois : l’appareil reçoit un nouveau mot de
            passe, et celui d’avant est déconnecté. Les codes précédents de ce compte ne valent plus.
          </p>
        </>
      )}
      <Buttons>
        {state === 'open' && <button onClick={() => void navigator.clipboard.writeText(link.url)}>Copier le lien</button>}
        {state === 'open' && <button className="danger" onClick={() => revoke.mutate(link.id)} disabled={revoke.isPending}>Révoquer</button>}
        <button className="primary" onClick={onClose}>Fermer</button>
      </Buttons>
    </Dialog>
  );
}

/** At an account whose code waits for its device. */
export function OpenEnrolment({ accountId }: { accountId: string }) {
  const open = useEnrolments(accountId).data?.find((link) => enrolmentState(link) === 'open');
  const revoke = useRevokeEnrolment();
  if (!open) return null;
  return (
    <p className="notice row">
      <span className="grow">Un code QR attend son appareil jusqu’au <Moment at={open.expires_at} />.</span>
      <button onClick={() => revoke.mutate(open.id)} disabled={revoke.isPending}>Révoquer</button>
    </p>
  );
}
