// A WebSocket endpoint made of node's package `ws`, for runs against one that is not ours.
//
//     node peer.js echo PORT [DEFLATE]          a server that sends back each message; prints a line when it listens
//     node peer.js relay PORT [DEFLATE]         a server that hands each message on to the other clients that asked for the same target
//     node peer.js dial PORT [DEFLATE]          a client that sends back each message, once
//     node peer.js check-server PORT [DEFLATE]  a client that opens a connection for each check, to a server that sends back each message
//     node peer.js check-client PORT [DEFLATE]  a server whose next connections are clients that send back each message: one check on each
//
// ONLY, behind DEFLATE, is a list of names with commas: these checks and no others.
// DEFLATE is on (without it), off, or declined: wanted, but the other end does not. The checks are those of peer.py. They print `ok NAME` or
// `not ok NAME: why`, and the exit status is 1 when one of them is not ok. Debian's package needs NODE_PATH=/usr/share/nodejs.
'use strict';
const WebSocket = require('ws');
const { once } = require('events');

const [what, port, word = 'on', only] = process.argv.slice(2);
const deflate = word === 'on';
const limit = 20000; // milliseconds for a check
const options = { perMessageDeflate: word !== 'off', maxPayload: 64 << 20 };

const assert = (isTrue, why) => { if (!isTrue) throw new Error(why); };
const pattern = (size) => Buffer.alloc(size, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));

// Fragments go out one by one; what is awaited between them is `between`.
async function echoes(socket, data, isBinary, fragments, between) {
  const back = once(socket, 'message');
  const parts = fragments || [data];
  for (let i = 0; i < parts.length; i += 1) {
    if (i === 1 && between) await between();
    socket.send(parts[i], { binary: isBinary, fin: i === parts.length - 1 });
  }
  const [got, gotBinary] = await back;
  assert(gotBinary === isBinary && got.equals(Buffer.from(data)), `${gotBinary ? 'binary' : 'text'} of ${got.length} came back`);
}
async function ping(socket, payload) {
  const pong = once(socket, 'pong');
  socket.ping(payload);
  const [got] = await pong;
  assert(got.equals(payload), 'another pong came back');
}
async function close(socket, code) {
  const end = once(socket, 'close');
  socket.close(code, code === 1001 ? '' : 'reason ü');
  const [got] = await end;
  assert(got === code, `closed with ${got} for ${code}`);
}
const checks = [];
for (const size of [0, 1, 125, 126, 65535, 65536, 1 << 20]) {
  checks.push([`text of ${size}`, (s) => echoes(s, 'a'.repeat(size), false)]);
  checks.push([`binary of ${size}`, (s) => echoes(s, pattern(size), true)]);
}
checks.push(['text in fragments', (s) => echoes(s, 'Grüße', false, ['Gr', '', 'üß', 'e'])]);
checks.push(['binary in fragments', (s) => echoes(s, Buffer.alloc(1 << 18), true, Array(4).fill(Buffer.alloc(1 << 16)))]);
checks.push(['ping', async (s) => { for (const p of [Buffer.alloc(0), Buffer.from([0, 255]), pattern(125)]) await ping(s, p); }]);
checks.push(['ping inside a message', (s) => echoes(s, 'Grüße', false, ['Grü', 'ße'], () => ping(s, Buffer.from('inside')))]);
for (const code of [1000, 1001, 1003, 1007, 1011, 3000, 4999]) checks.push([`close ${code}`, (s) => close(s, code)]);

const wanted = () => checks.filter(([name]) => !only || only.split(',').includes(name));

let failed = false;
async function run([name, check], socket) {
  let timer;
  const end = new Promise((_, no) => {
    timer = setTimeout(() => no(new Error('no end')), limit);
    socket.on('error', no);
    socket.on('close', (code) => setTimeout(() => no(new Error(`it closed with ${code}`)), 100));
  });
  end.catch(() => {});
  const body = async () => {
    assert(socket.extensions.includes('permessage-deflate') === deflate, `extensions are "${socket.extensions}"`);
    await check(socket);
    if (!name.startsWith('close')) await close(socket, 1000);
  };
  try {
    await Promise.race([body(), end]);
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok ${name}: ${error.message}`);
    socket.terminate();
  }
  clearTimeout(timer);
}
function listen(handler) {
  const server = new WebSocket.WebSocketServer({ host: '127.0.0.1', port: Number(port), ...options });
  server.on('connection', handler);
  server.on('listening', () => console.log('listening'));
  return server;
}
async function checkServer() {
  for (const check of wanted()) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, options);
    try { await once(socket, 'open'); } catch (error) { console.log(`not ok ${check[0]}: ${error.message}`); failed = true; continue; }
    await run(check, socket);
  }
  process.exit(failed ? 1 : 0);
}
function checkClient() {
  const left = wanted();
  listen(async (socket) => {
    const check = left.shift();
    if (!check) return socket.terminate();
    const isLast = left.length === 0;
    await run(check, socket);
    if (isLast) process.exit(failed ? 1 : 0);
  });
}
function echo(socket) {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}
const clients = new Map(); // by target
function relay(socket, { url }) {
  const those = clients.get(url) || new Set();
  clients.set(url, those.add(socket));
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => those.forEach((other) => { if (other !== socket) other.send(data, { binary: isBinary }); }));
  socket.on('close', () => { those.delete(socket); if (those.size === 0) clients.delete(url); });
}
const roles = {
  echo: () => listen(echo),
  relay: () => listen(relay),
  dial: () => echo(new WebSocket(`ws://127.0.0.1:${port}/`, options)),
  'check-server': checkServer,
  'check-client': checkClient,
};
if (!roles[what] || !port) { console.error('see the top of this file'); process.exit(2); }
roles[what]();
