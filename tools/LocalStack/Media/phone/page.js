// The page: what the residents' PWA does with JsSIP, and what a test wants to know of it.
import JsSIP from 'jssip';

let ua;
let session;

const happened = (name, data = {}) => window.report({ name, ...data });
const status = (message) => message?.status_code ?? null;

function answer(incoming) {
  session = incoming;
  const from = incoming.remote_identity.uri.toString();
  for (const name of ['accepted', 'confirmed', 'peerconnection'])
    incoming.on(name, () => happened(name));
  for (const name of ['ended', 'failed'])
    incoming.on(name, ({ cause, originator }) => happened(name, { cause, originator }));
  happened('call', { from });
  incoming.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
}

window.phone = {
  /** The configuration that the app hands out, as the phone keeps it. */
  start({ uri, password, wsServers, instanceId }) {
    ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(wsServers)],
      uri,
      password,
      instance_id: instanceId,
      register_expires: 600,
    });
    ua.on('connected', () => happened('connected'));
    ua.on('disconnected', ({ code, reason }) => happened('disconnected', { code, reason }));
    ua.on('registered', () => happened('registered'));
    ua.on('unregistered', () => happened('unregistered'));
    ua.on('registrationFailed', ({ response, cause }) => happened('registrationFailed', { status: status(response), cause }));
    ua.on('newRTCSession', ({ originator, session: incoming }) => originator === 'remote' && answer(incoming));
    ua.start();
  },

  /** Refreshes the registration now instead of in ten minutes. */
  register: () => ua.register(),

  hangUp: () => session.terminate(),

  /** What the peer connection counted: packets of sound, and how loud the incoming ones were altogether. */
  async sound() {
    const found = { received: 0, sent: 0, energy: 0, codec: null, dtls: null };
    const report = await session.connection.getStats();
    for (const one of report.values()) {
      if (one.type === 'inbound-rtp') {
        found.received += one.packetsReceived;
        found.energy += one.totalAudioEnergy ?? 0;
        found.codec = report.get(one.codecId)?.mimeType ?? null;
      } else if (one.type === 'outbound-rtp') {
        found.sent += one.packetsSent;
      } else if (one.type === 'transport') {
        found.dtls = one.dtlsState;
      }
    }
    return found;
  },
};
