"""The gossipsub router: what is told to whom. It does no input or output: `send(peer, outgoing)` and `emit` are given to it."""

import collections
import random

from identity import base58
from memory import MessageCache, Promises, Score, Seen
from mesh import Mesh
from messages import Outgoing

FLOODSUB = "/floodsub/1.0.0"
MOST_IHAVE, MOST_IDS = 10, 5000          # of a peer between two heartbeats
MOST_IDONTWANT = 1000
MOST_ANSWERS = 3                         # to IWANT for one id, of one peer
PROMISE = 3                              # seconds until an IWANT has to be answered
IDONTWANT_LIFE = 3                       # heartbeats
DUPLICATE_EXTENSIONS = 10                # misbehaviour


class Peer:
    def __init__(self, number, protocol, is_dialed):
        self.id, self.protocol, self.is_dialed = number, protocol, is_dialed
        self.topics = set()
        self.ihaves = self.asked = self.idontwants = 0
        self.answered = collections.Counter()    # id -> answers to IWANT
        self.unwanted = {}                       # id -> heartbeats left
        self.extensions = None

    def speaks(self, version):
        return self.protocol != FLOODSUB and self.protocol >= f"/meshsub/{version}"

    @property
    def gossips(self):
        return self.protocol != FLOODSUB


class Router:
    """`options` are those of the command line, `author` makes our messages, `now()` is in seconds."""

    def __init__(self, options, ours, author, send, emit, now, dial=lambda addresses, peer: None, record=lambda peer: None):
        self.options, self.ways, self.ours, self.author = options, options.ways, ours, author
        self.send, self.emit, self.now, self.dial, self.record = send, emit, now, dial, record
        self.random = random.Random(options.seed)
        self.peers, self.subscribed = {}, set()
        self.cache = MessageCache(5, 3)
        self.seen = Seen(options.seen_ttl, now)
        self.score = Score(options, now)
        self.promises = Promises(PROMISE, now)
        self.is_valid = lambda message: "accept"
        self.mesh = Mesh(self)

    # Peers

    def add_peer(self, number, protocol, is_dialed, address=""):
        self.peers.setdefault(number, Peer(number, protocol, is_dialed))
        self.score.came(number, address)

    def greet(self, number, protocol):
        """Our stream to a peer is open: the RPCs that have to come first there."""
        peer, hello, others = self.peers[number], Outgoing(), []
        peer.protocol = protocol
        first = Outgoing() if "hello-in-two" in self.ways else hello
        if "hello-empty" not in self.ways:
            for topic in sorted(self.subscribed):
                hello.subscription(topic, True)
        if self.options.extension and (peer.speaks("1.3.0") or "extensions-everywhere" in self.ways):
            extensions = Outgoing() if self.ways.has("extensions-late", "extensions-twice") else first
            extensions.control.extensions.test_extension = True
            if "extensions-twice" in self.ways:
                hello.control.extensions.test_extension = True
            if extensions is not first:
                others.append(extensions)
        if "extensions-always" in self.ways:
            first.control.extensions.SetInParent()
        return [hello, *others] if first is hello else [first, hello, *others]

    def lost_stream(self, number):
        """Our stream to a peer ended; the connection stays."""
        self.mesh.remove(number)

    def remove_peer(self, number):
        if "remembers-mesh" not in self.ways:
            self.mesh.remove(number)
        self.peers.pop(number, None)
        self.score.left(number)

    def with_topic(self, topic):
        return [peer for peer in self.peers.values() if topic in peer.topics]

    # Our own doing

    def subscribe(self, topic):
        if topic in self.subscribed:
            return
        self.subscribed.add(topic)
        self._announce(topic, True)
        self.mesh.join(topic)

    def unsubscribe(self, topic):
        if topic not in self.subscribed:
            return
        self.subscribed.discard(topic)
        self._announce(topic, False)
        self.mesh.leave(topic)

    def _announce(self, topic, is_subscribed):
        for peer in self.peers.values():
            if "announces-to-subscribers" not in self.ways or topic in peer.topics:
                self.send(peer.id, Outgoing().subscription(topic, is_subscribed))

    def publish(self, topic, data):
        message = self.author.message(topic, data)
        self.seen.add(message.id)
        self.cache.put(message)
        self.emit("published", **described(message))
        if self.options.flood_publish:
            targets = [peer for peer in self.with_topic(topic)
                       if self.score.of(peer.id) >= self.options.publish_threshold or not peer.gossips]
        else:
            targets = self._targets(topic, self.mesh.publishing(topic))
        if "publishes-to-nobody-else" in self.ways:
            targets = targets[:1]
        if self.options.idontwant_publish and len(data) >= self.options.idontwant_size:
            self._unwant(message, None)
        self._relay(message, targets)

    def _targets(self, topic, members):
        direct = self.options.direct
        always = [peer for peer in self.with_topic(topic) if not peer.gossips or peer.id in direct]
        return always + [self.peers[number] for number in members if number in self.peers and number not in direct]

    def _relay(self, message, targets):
        for peer in targets:
            if message.id in peer.unwanted and "ignores-idontwant" not in self.ways:
                continue
            self.send(peer.id, Outgoing().message(message))
            if "forwards-twice" in self.ways:
                self.send(peer.id, Outgoing().message(message))

    # What comes

    def receive(self, number, incoming):
        peer = self.peers.get(number)
        if peer is None:
            return
        rpc = incoming.rpc
        for subscription in rpc.subscriptions[:10000]:
            self._subscription(peer, subscription)
        if self.score.of(number) < self.options.graylist_threshold and "hears-graylisted" not in self.ways \
                and number not in self.options.direct:
            return
        for message in incoming.messages():
            if message is not None:
                self._message(peer, message)
            else:
                self.score.invalid(number, b"")
        if rpc.HasField("control") and not ("publish-or-control" in self.ways and incoming.publish):
            self._control(peer, rpc.control)

    def _subscription(self, peer, subscription):
        topic = subscription.topic
        if "folds-topics" in self.ways:
            topic = topic.lower()
        self.emit("subscription", peer=base58(peer.id), topic=text(topic), subscribe=subscription.subscribe)
        if subscription.subscribe:
            if len(peer.topics) < 10000:
                peer.topics.add(topic)
            if "grafts-subscribers" in self.ways:
                self.mesh.welcome(peer, topic)
        elif "keeps-subscription" not in self.ways:
            peer.topics.discard(topic)
            self.mesh.left(peer.id, topic)

    def _message(self, peer, message):
        via = base58(peer.id)
        if message.topic not in self.subscribed and not self.ways.has("forwards-unsubscribed", "floods-unknown-topic"):
            return
        if message.sender == self.ours and "forwards-own" not in self.ways:
            self.emit("rejected", id=message.id.hex(), via=via, why="our own")
            return
        is_known = message.id in self.seen
        self.promises.kept(message.id)
        if is_known:
            self.emit("duplicate", id=message.id.hex(), via=via)
            if "forwards-duplicates" not in self.ways:
                return
        elif len(message.data) >= self.options.idontwant_size:
            self._unwant(message, peer)
        why = message.refusal(self.options.sign, self.ways)
        verdict = self.is_valid(message) if why is None else "reject"
        if verdict != "accept" and "forwards-rejected" not in self.ways:
            self.emit("rejected", id=message.id.hex(), via=via, why=why or verdict)
            if verdict == "reject":
                self.score.invalid(peer.id, message.topic)
            if why is None:
                self.seen.add(message.id)
            return
        self.seen.add(message.id)
        self.cache.put(message)
        if not is_known and message.topic in self.subscribed:
            self.emit("message", **described(message), **{"from": base58(message.sender)}, via=via,
                      signed=bool(message.signature), **contents(message.data))
        if "no-forward" in self.ways:
            return
        spared = {peer.id, message.sender}
        if "back-to-sender" in self.ways:
            spared = {message.sender} - {peer.id}
        elif "back-to-origin" in self.ways:
            spared = {peer.id} - {message.sender}
        elif "forwards-to-author" in self.ways:
            spared = {peer.id}
        members = self.mesh.members.get(message.topic, set())
        if self.ways.has("forwards-to-all", "forwards-unsubscribed"):
            members = {other.id for other in self.with_topic(message.topic)}
        self._relay(message, [other for other in self._targets(message.topic, members) if other.id not in spared])

    def _unwant(self, message, sender):
        if "no-idontwant" in self.ways:
            return
        for number in self.mesh.members.get(message.topic, ()):
            other = self.peers.get(number)
            if other and (other.speaks("1.2.0") or "idontwant-everywhere" in self.ways) \
                    and (other is not sender or "idontwant-to-sender" in self.ways):
                self.send(number, Outgoing().idontwant([message.id]))

    def _control(self, peer, control):
        if control.HasField("extensions"):
            self._extensions(peer, control.extensions)
        answer = Outgoing()
        self._ihave(peer, control.ihave, answer)
        self._iwant(peer, control.iwant, answer)
        for graft in control.graft:
            if "ignores-graft" not in self.ways:
                self.mesh.graft(peer, graft.topic, answer)
        for prune in control.prune:
            if "ignores-prune" not in self.ways:
                self.mesh.prune(peer, prune)
        self._idontwant(peer, control.idontwant)
        if not answer.is_empty:
            self.send(peer.id, answer)

    def _extensions(self, peer, extensions):
        if peer.extensions is not None:
            self.score.misbehaved(peer.id, DUPLICATE_EXTENSIONS)
            return
        peer.extensions = extensions
        if extensions.test_extension and self.options.extension and peer.speaks("1.3.0") and "no-test-extension" not in self.ways:
            reply = Outgoing()
            reply.rpc.test_extension.SetInParent()
            self.send(peer.id, reply)

    def _ihave(self, peer, offers, answer):
        if not offers or self.score.of(peer.id) < self.options.gossip_threshold or "no-iwant" in self.ways:
            return
        peer.ihaves += 1
        if "ihave-flood" not in self.ways and (peer.ihaves > MOST_IHAVE or peer.asked >= MOST_IDS):
            return
        wanted = {}
        for offer in offers:
            if offer.topic in self.mesh.members or "iwant-any-topic" in self.ways:
                ids = map(spelled, offer.message_ids) if "iwant-hex" in self.ways else offer.message_ids
                wanted |= {number: None for number in ids if number not in self.seen or "iwant-for-seen" in self.ways}
        wanted = list(wanted)
        self.random.shuffle(wanted)
        if "ihave-flood" not in self.ways:
            wanted = wanted[:MOST_IDS - peer.asked]
        if wanted:
            peer.asked += len(wanted)
            answer.iwant([number[::-1] if "iwant-reversed" in self.ways else number for number in wanted])
            if "no-promises" not in self.ways:
                self.promises.add(peer.id, wanted[0])

    def _iwant(self, peer, wants, answer):
        if not wants or self.score.of(peer.id) < self.options.gossip_threshold or "no-iwant-answer" in self.ways:
            return
        for number in {number: None for want in wants for number in want.message_ids}:
            message = self.cache.get(number)
            if message is None or number in peer.unwanted and "ignores-idontwant" not in self.ways:
                continue
            peer.answered[number] += 1
            if peer.answered[number] <= MOST_ANSWERS or "iwant-for-ever" in self.ways:
                answer.message(message)

    def _idontwant(self, peer, lists):
        if not lists:
            return
        peer.idontwants += 1
        drops_oldest = "idontwant-oldest" in self.ways
        if peer.idontwants > MOST_IDONTWANT and not drops_oldest:
            if "punishes-idontwant" in self.ways:
                self.score.misbehaved(peer.id)
            return
        for listed in lists:
            for number in listed.message_ids:
                if drops_oldest and len(peer.unwanted) >= self.ways.idontwant_limit:
                    del peer.unwanted[next(iter(peer.unwanted))]
                if len(peer.unwanted) < self.ways.idontwant_limit:
                    peer.unwanted[number] = IDONTWANT_LIFE

    # Time

    def heartbeat(self):
        for peer in self.peers.values():
            peer.ihaves = peer.asked = peer.idontwants = 0
            peer.unwanted = {number: left - 1 for number, left in peer.unwanted.items() if left > 1}
            peer.answered = collections.Counter({number: count for number, count in peer.answered.items() if self.cache.get(number)})
        for number in self.promises.broken():
            self.score.misbehaved(number)
        self.score.decay(self.peers)
        self.mesh.heartbeat()
        if "never-shifts" not in self.ways:
            self.cache.shift()


def spelled(number):
    """Decodes an id of hexadecimal digits; returns any other id unchanged."""
    try:
        return bytes.fromhex(number.decode("ascii"))
    except ValueError:
        return number


def text(topic):
    return topic.decode("utf-8", "backslashreplace")


def described(message):
    return {"id": message.id.hex(), "topic": text(message.topic), "seqno": message.seqno.hex(), "size": len(message.data)}


def contents(data):
    if len(data) > 256:
        from hashlib import sha256
        return {"sha256": sha256(data).hexdigest()}
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"hex": data.hex()}
