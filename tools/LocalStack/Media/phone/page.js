// The page: what the residents' PWA does with JsSIP, and what a test wants to know of it.
import JsSIP from 'jssip';

let ua;
let session;
let answers;

const audio = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
const happened = (name, data = {}) => window.report({ name, ...data });
const status = (message) => message?.status_code ?? null;

function listen(connection) {
  const loudspeaker = new Audio();
  loudspeaker.autoplay = true;
  connection.addEventListener('track', ({ track }) => (loudspeaker.srcObject = new MediaStream([track])));
}

function follow(one) {
  if (one.connection) listen(one.connection);
  else one.on('peerconnection', ({ peerconnection }) => listen(peerconnection));
  for (const name of ['accepted', 'confirmed'])
    one.on(name, () => happened(name));
  for (const name of ['ended', 'failed'])
    one.on(name, ({ cause, originator, message }) => happened(name, { cause, originator, status: status(message) }));
}

function ring(incoming) {
  session = incoming;
  follow(incoming);
  happened('call', { from: incoming.remote_identity.uri.toString() });
  if (answers) incoming.answer(audio);
}

window.phone = {
  /** The configuration that the app hands out, as the phone keeps it. */
  start({ uri, password, wsServers, instanceId, answersCalls }) {
    answers = answersCalls;
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
    ua.on('newRTCSession', ({ originator, session: incoming }) => originator === 'remote' && ring(incoming));
    ua.start();
  },

  /** Refreshes the registration now instead of in ten minutes. */
  register: () => ua.register(),

  /** Calls somebody; what becomes of it are events. */
  call(target) {
    session = ua.call(target, audio);
    follow(session);
  },

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
