"""What a hub does with connections, messages and plain HTTP: the state of one hub, without its dials to others."""
import json
import os
import re
import time
import urllib.parse

import ws
from answers import answer
from distance import canonical, closest, data_hash
from personalities import LIKE
from values import as_string, is_true, members, now_ms

UNROUTED = "Signaling server does not route '%s' messages. Use WebRTC data channels for peer-to-peer communication."
SIGNALS = ("offer", "answer", "ice-candidate")


def makes_url(target, host):
    """Returns true if the target and Host of a request form a WHATWG URL. Covers only the forms that the cases use."""
    if target.startswith(("/", "*", "?")) and not target.startswith("//"):
        place = "none" if host is None else host
    else:
        place = target.partition("//")[2].partition("/")[0].partition("?")[0]
    return bool(place) and not set(place) & set(" [<>^|%")


class Own:
    """The socket of the hub's own client: what it is sent, nobody hears."""

    def send(self, text):
        pass

    def close(self, code=1000, reason=""):
        pass


class Routing:
    """One hub: who is connected, who is a member of which network, and what each is told."""

    def __init__(self, args):
        self.args = args
        self.fault = args.fault
        self.behaviours = LIKE.get(args.like, set())
        self.me = args.peer_id or os.urandom(20).hex()
        self.began = time.monotonic()
        self.connections = {}  # id -> socket
        self.peers = {}        # id -> what is known of a registered peer
        self.networks = {}     # network -> ids, in the order that they came in
        self.hubs = {}         # id -> when it registered, network, data
        self.bootstraps = {}   # URI -> socket
        self.cache = {}        # network -> id -> data of peers of other hubs
        self.relayed = {}      # key of a relay -> when
        self.sockets = set()
        self.stopping = False

    def does(self, behaviour):
        return behaviour in self.behaviours

    # What it says

    def say(self, to, message):
        socket = self.connections.get(to)
        if socket:
            socket.send(canonical(message))

    def stamp(self):
        return now_ms() // 1000 if self.fault == "seconds" else now_ms()

    def discovered(self, info, network, to=None):
        data = {"peerId": info["peerId"], "isHub": info["isHub"]}
        data = {**members(info["data"]), **data} if self.fault == "true-values-win" else {**data, **members(info["data"])}
        if self.fault == "drops-announced-data":
            data = {"peerId": info["peerId"], "isHub": info["isHub"]}
        if "cachedAt" in info:
            data["cachedAt"] = info["cachedAt"]
        message = {"type": "peer-discovered", "data": data, "networkName": network, "fromPeerId": "system"}
        if to and self.fault != "discovery-without-target":
            message["targetPeerId"] = to
        return {**message, "timestamp": self.stamp()}

    # Connections

    async def serve(self, reader, writer):
        head = await ws.read_head(reader)
        if head is None:
            return writer.close()
        line, fields = head
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        if "upgrade" not in fields or "upgrade" not in fields.get("connection", "").lower():
            writer.write(answer(self, method, target))
            return await self.leave(writer)
        why = ws.refusal(method, fields)
        if why:
            writer.write(ws.response(*why, headers=[("Content-Type", "text/html")]))
            return await self.leave(writer)
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Accept: " + ws.accept(fields["sec-websocket-key"])]
        if "sec-websocket-protocol" in fields and self.fault != "no-subprotocol":
            lines.append("Sec-WebSocket-Protocol: " + fields["sec-websocket-protocol"].split(",")[0].strip())
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        limit = self.args.max_message + {"limit-one-less": -1, "limit-one-more": 1}.get(self.fault, 0)
        if self.does("dies-of-hostile") and not makes_url(target, fields.get("host")):
            await writer.drain()
            os._exit(1)
        socket = ws.Socket(reader, writer, limit, patience=30 if self.does("awaits-close") else ws.PATIENCE)
        self.sockets.add(socket)
        try:
            await self.client(socket, target)
        finally:
            self.sockets.discard(socket)

    async def leave(self, writer):
        try:
            await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    async def client(self, socket, target):
        query = urllib.parse.parse_qsl(target.partition("?")[2], keep_blank_values=True)
        ids = [value for name, value in query if name == "peerId" or self.fault == "any-case-name" and name.lower() == "peerid"]
        peer = (ids[-1] if self.fault == "last-id-wins" else ids[0]) if ids else ""
        size = "{39,40}" if self.fault == "takes-39-digits" else "{40}"
        why = None
        if not re.fullmatch("[a-fA-F0-9]" + size, peer):
            why = "Invalid peerId format"
        elif peer in self.connections and self.fault != "replaces-old":
            why = "Peer already connected"
        elif len(self.connections) >= self.args.max_connections and self.fault != "no-maximum":
            why = "Maximum connections reached"
        if why:
            socket.close(1000 if self.fault == "closes-with-1000" else 1008, why)
            async for _ in socket.messages():
                pass
            return
        if self.fault == "folds-case":
            peer = peer.lower()
        old = self.connections.get(peer)
        if old:
            old.close(1000, "")
        self.connections[peer] = socket
        self.peers[peer] = {"peerId": peer, "isHub": False, "data": None, "network": None, "connectedAt": now_ms()}
        self.say(peer, {"type": "connected", "data": {"peerId": peer}, "fromPeerId": "system", "timestamp": self.stamp()})
        async for kind, payload in socket.messages():
            if kind == ws.BINARY and self.fault == "ignores-binary":
                continue
            self.take(peer, payload)
        if self.stopping:
            return
        if socket.failed and self.fault != "silent-failure":
            self.gone(peer, "WebSocket error")
        if not (socket.failed and self.fault == "silent-failure"):
            self.gone(peer, socket.reason or "disconnected")

    def gone(self, peer, reason):
        """A connection ended: form 1 to all, form 2 to its network, form 3 to hubs."""
        if self.fault == "keeps-slot":
            self.connections[peer] = Own()
        else:
            self.connections.pop(peer, None)
        info = self.peers.get(peer) if self.fault == "still-discovered" else self.peers.pop(peer, None)
        was_hub = self.unhub(peer)
        network = info["network"] if info else None
        if peer not in self.peers:
            inside = self.forget(peer, network)
        else:
            inside = [one for one in self.networks.get(network, {}) if one != peer]
        told = now_ms()
        if self.fault == "reason-is-constant":
            reason = "disconnected"
        data = {"peerId": peer, "isHub": was_hub, "reason": reason, "timestamp": told}
        if self.does("leaves-without-hub"):
            del data["isHub"]
        form1 = {"type": "peer-disconnected", "fromPeerId": "system", "timestamp": told, "data": data}
        for other in list(self.connections):
            self.say(other, {**form1, "targetPeerId": other})
        self.left(peer, was_hub, network, inside)
        if self.args.plain or self.does("leaves-stay"):
            return
        form3 = {**form1, "networkName": network or "global"}
        for other in list(self.hubs):
            if other != self.me:
                self.say(other, form3)
        for socket in self.bootstraps.values():
            socket.send(canonical(form3))

    def left(self, peer, is_hub, network, inside):
        """Form 2."""
        if self.fault == "no-form-2":
            return
        for other in inside:
            self.say(other, {"type": "peer-disconnected", "data": {"peerId": peer, "isHub": is_hub}, "networkName": network,
                             "fromPeerId": "system", "targetPeerId": other, "timestamp": self.stamp()})

    def forget(self, peer, network):
        """Takes a peer out of all its networks; gives the others of its latest one."""
        for name in list(self.networks):
            self.networks[name].pop(peer, None)
            if not self.networks[name]:
                del self.networks[name]
        return [one for one in self.networks.get(network, {}) if one != peer]

    def unhub(self, peer):
        return self.hubs.pop(peer, None) is not None

    # Messages of clients

    def take(self, peer, payload):
        try:
            message = json.loads(payload.decode("utf-8", "replace"), parse_constant=self.no_constant)
        except (ValueError, RecursionError):
            if self.fault == "closes-on-bad-json":
                self.connections[peer].close(1007)
            return
        if message is None:
            return
        fields = message if isinstance(message, dict) else {}
        kind = fields.get("type") if "type" in fields else "undefined"
        if kind == "announce":
            self.announce(peer, fields)
        elif kind in SIGNALS:
            self.signal(peer, fields)
        elif kind == "ping":
            for to in self.connections if self.fault == "pong-to-all" else [peer]:
                self.say(to, {"type": "pong", "data": {"timestamp": self.stamp()}, "fromPeerId": "system",
                              "targetPeerId": peer, "timestamp": self.stamp()})
        elif kind == "goodbye":
            self.goodbye(peer, fields)
        elif kind == "peer-discovered" and (peer in self.hubs or self.fault == "anyone-injects"):
            self.injected(peer, fields)
        elif kind in ("cleanup", "peer-discovered"):
            pass
        elif self.fault != "silent-on-unknown":
            text = "Unknown message type '%s'" if self.fault == "other-error-text" else UNROUTED
            self.say(peer, {"type": "error", "error": text % as_string(kind), "timestamp": self.stamp()})

    def no_constant(self, name):
        raise ValueError(name)

    def announce(self, peer, fields):
        network = fields.get("networkName")
        if not is_true(network):
            network = "default" if self.fault == "other-default-network" else "global"
        # Objects are networks of their own, each time.
        if isinstance(network, (dict, list)):
            network = f"\0object {now_ms()}"
        data = fields.get("data")
        flag = data.get("isHub") if isinstance(data, dict) else None
        is_hub = flag is True or network == self.args.namespace or self.fault == "hub-by-text" and flag == "true"
        info = self.peers.get(peer)
        if info is None:
            info = {"peerId": peer, "isHub": is_hub, "data": data, "network": network, "connectedAt": now_ms()}
        else:
            info.update(isHub=is_hub, data=data, network=network)
        inside = self.networks.setdefault(network, {})
        inside[peer] = True
        if is_hub:
            self.hubs[peer] = {"registeredAt": now_ms(), "lastActivity": now_ms(), "networkName": network, "data": data,
                               "connectedAt": info["connectedAt"]}
            if not self.args.plain:
                self.tell_all(peer)
        elif not self.args.plain:
            text = canonical(self.discovered(info, network))
            for socket in self.bootstraps.values():
                socket.send(text)
            for hub in list(self.hubs):
                if hub != peer and hub in self.connections and self.fault != "hubs-not-told":
                    self.connections[hub].send(text)
        others = [one for one in inside if one != peer]
        if self.fault == "crosses-networks":
            others = [one for one in self.peers if one != peer and self.peers[one]["network"] is not None]
        for other in others:
            # Hubs of the namespace are told above.
            if is_hub and not self.args.plain and network == self.args.namespace and other in self.hubs:
                continue
            if not (is_hub and network == self.args.namespace) and self.fault != "others-not-told":
                self.say(other, self.discovered(info, network, other))
            if other in self.peers and self.fault != "announcer-not-told":
                self.say(peer, self.discovered(self.peers[other], network, peer))
        for info in [] if is_hub else list(self.cache.get(network, {}).values()):
            if info["peerId"] not in self.connections:
                self.say(peer, self.discovered(info, network, peer))

    def tell_all(self, hub):
        """A hub that joins learns of all peers of every network, then of hubs of its namespace."""
        for network, ids in list(self.networks.items()):
            for one in ids:
                info = self.peers.get(one)
                if info and one != hub and not info["isHub"] and self.fault != "hub-learns-nobody":
                    self.say(hub, self.discovered(info, network, hub))
        if self.hubs[hub]["networkName"] == self.args.namespace:
            for one in list(self.networks.get(self.args.namespace, {})):
                if one != hub and one in self.peers:
                    self.say(hub, self.discovered(self.peers[one], self.args.namespace, hub))
                    self.say(one, self.discovered(self.peers[hub], self.args.namespace, one))

    def signal(self, peer, fields):
        target = fields.get("targetPeerId")
        if not is_true(target):
            return
        network = fields.get("networkName")
        network = network if is_true(network) else "global"
        message = {"type": fields["type"]}
        if "data" in fields:
            message["data"] = fields["data"]
        elif self.fault == "absent-data-is-null":
            message["data"] = None
        if self.fault == "keeps-other-fields":
            message.update({name: value for name, value in fields.items() if name not in message})
        given = fields.get("fromPeerId")
        message.update(fromPeerId=given if is_true(given) and self.fault != "no-foreign-sender" else peer, targetPeerId=target)
        if self.fault != "network-not-filled" or "networkName" in fields:
            message["networkName"] = network
        stamp = fields.get("timestamp")
        message["timestamp"] = stamp if self.fault == "keeps-timestamp" and stamp else self.stamp()
        known = target if isinstance(target, str) else None
        if self.fault == "target-any-case" and known:
            known = next((one for one in self.connections if one.lower() == known.lower()), known)
        if known in self.connections:
            theirs = (self.peers.get(known) or {}).get("network") or "global"
            if theirs == network or self.fault == "crosses-networks":
                self.say(known, message)
        else:
            self.relay(peer, message)

    def relay(self, peer, message):
        """To hubs, once in a while for the same."""
        key = ":".join([message["type"], peer, as_string(message["targetPeerId"]), data_hash(message.get("data"))])
        if self.fault == "relays-once-per-target":
            key = as_string(message["targetPeerId"])
        if key in self.relayed and self.fault != "relays-again" and not self.does("relays-always"):
            return
        self.relayed[key] = time.monotonic()
        text = canonical(message)
        if self.bootstraps:
            for socket in self.bootstraps.values():
                socket.send(text)
            return
        for hub in list(self.hubs):
            if (hub != peer or self.does("sends-back")) and hub in self.connections and self.fault != "no-relay":
                self.connections[hub].send(text)

    def goodbye(self, peer, fields):
        info = self.peers.pop(peer, None)
        network = (info or {}).get("network")
        inside = [one for one in self.networks.get(network, {}) if one != peer]
        message = {"type": "goodbye"}
        if "data" in fields:
            message["data"] = fields["data"]
        message.update(fromPeerId=peer)
        if is_true(fields.get("targetPeerId")):
            message["targetPeerId"] = fields["targetPeerId"]
        message.update(networkName=network or "global", timestamp=self.stamp())
        near = closest(peer, inside, len(inside))[-5:] if self.fault == "goodbye-to-farthest" else closest(peer, inside, 5)
        for one in [] if self.fault == "goodbye-not-forwarded" else near:
            self.say(one, message)
        if self.fault != "goodbye-keeps-id":
            self.connections.pop(peer, None)
        was_hub = self.unhub(peer)
        self.left(peer, was_hub, network, self.forget(peer, network))

    def injected(self, peer, fields, to_hubs=False):
        """A hub tells of one of its peers: to clients of that network."""
        network, data = fields.get("networkName"), fields.get("data")
        if not is_true(network) or not isinstance(data, dict) or not is_true(data.get("peerId")):
            return
        for one in list(self.networks.get(network if isinstance(network, str) else "", {})):
            if (one not in self.hubs or to_hubs) and one != data["peerId"]:
                self.say(one, {"type": "peer-discovered", "data": data, "networkName": network, "fromPeerId": "system",
                               "targetPeerId": one, "timestamp": self.stamp()})
