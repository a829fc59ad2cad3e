// What a small hub on node's package `ws` can do: discovery and signals, with the rules for JSON of the protocol. The
// benchmark holds our hub against it.   NODE_PATH=/usr/share/nodejs node relay.js PORT
const { WebSocketServer } = require('ws');
const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1', maxPayload: 1 << 20 });
const peers = new Map();

function discovered(of, to, network, data) {
  return JSON.stringify({
    type: 'peer-discovered', data: { peerId: of, isHub: false, ...data }, networkName: network, fromPeerId: 'system',
    targetPeerId: to, timestamp: Date.now(),
  });
}
server.on('connection', (socket, request) => {
  const id = new URL(request.url, 'http://localhost').searchParams.get('peerId');
  const me = { socket, network: undefined, data: {} };
  peers.set(id, me);
  socket.send(JSON.stringify({ type: 'connected', data: { peerId: id }, fromPeerId: 'system', timestamp: Date.now() }));
  socket.on('message', (bytes) => {
    let message;
    try { message = JSON.parse(bytes.toString()); } catch { return; }
    const network = message.networkName || 'global';
    if (message.type === 'announce') {
      me.network = network;
      me.data = message.data || {};
      for (const [other, peer] of peers) {
        if (other === id || peer.network !== network) continue;
        peer.socket.send(discovered(id, other, network, me.data));
        socket.send(discovered(other, id, network, peer.data));
      }
      return;
    }
    const target = peers.get(message.targetPeerId);
    if (!target || target.network !== network) return;
    target.socket.send(JSON.stringify({
      type: message.type, data: message.data, fromPeerId: message.fromPeerId || id, targetPeerId: message.targetPeerId,
      networkName: network, timestamp: Date.now(),
    }));
  });
  socket.on('close', () => peers.delete(id));
  socket.on('error', () => {});
});
