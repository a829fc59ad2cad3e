"""The meshes and fanouts of a router: who is in them, backoff, and what each heartbeat does about them."""

import collections

from identity import open_record
from messages import Outgoing
from wire import Malformed

GRAFT_FLOOD = 10   # seconds after a PRUNE in which a GRAFT counts twice
PX_PEERS = 16      # that a PRUNE names, and that are dialed of one


class Mesh:
    def __init__(self, router):
        self._router, self._options, self._ways = router, router.options, router.ways
        self.members = {}                                # topic -> peers
        self.fanout, self._published = {}, {}            # topic -> peers, and when it was used
        self._backoff = collections.defaultdict(dict)    # topic -> peer -> when it ends

    # Who is asked

    def _eligible(self, topic, besides, needs_backoff=True):
        """Peers that may be grafted, in random order."""
        router, now = self._router, self._router.now()
        slack = self._ways.backoff_slack * self._options.heartbeat
        ways = needs_backoff and "grafts-in-backoff" in self._ways
        out = [peer.id for peer in router.with_topic(topic)
               if peer.gossips and peer.id not in besides and peer.id not in self._options.direct and router.score.of(peer.id) >= 0
               and (ways or not needs_backoff or self._backoff[topic].get(peer.id, 0) + slack <= now
                    or peer.id not in self._backoff[topic])]
        router.random.shuffle(out)
        return out

    def _add(self, topic, numbers, grafts):
        for number in numbers:
            self.members[topic].add(number)
            grafts[number].append(topic)

    def publishing(self, topic):
        """Those who get what we publish."""
        router = self._router
        if topic in self.members:
            return self.members[topic]
        if "no-fanout" in self._ways:
            return ()
        known = self.fanout.setdefault(topic, set())
        wanted = 1000 if "fanout-to-all" in self._ways else self._options.degree[0]
        if "fanout-changes" in self._ways:
            known.clear()
        if len(known) < wanted:
            able = [number for number in self._eligible(topic, known, needs_backoff=False)
                    if router.score.of(number) >= self._options.publish_threshold]
            known |= set(able[:wanted - len(known)])
        self._published[topic] = router.now()
        return known

    # Our own doing

    def join(self, topic):
        if topic in self.members:
            return
        kept = self.fanout.pop(topic, set())
        self._published.pop(topic, None)
        self.members[topic] = set()
        able = self._eligible(topic, ())
        able.sort(key=lambda number: number not in kept)
        grafts = collections.defaultdict(list)
        if "joins-alone" not in self._ways:
            self._add(topic, able[:1000 if "joins-all" in self._ways else self._options.degree[0]], grafts)
        for number in grafts:
            self._router.send(number, Outgoing().graft(topic))

    def leave(self, topic):
        for number in self.members.pop(topic, ()):
            if "no-prune-on-leave" not in self._ways:
                answer = Outgoing()
                self._tell(answer, number, topic, self._options.unsubscribe_backoff, has_peers=False)
                self._router.send(number, answer)
            if "forgets-unsubscribe" not in self._ways:
                self._keep_off(topic, number, self._options.unsubscribe_backoff)

    # What comes

    def graft(self, peer, topic, answer):
        router, now = self._router, self._router.now()
        if topic not in self.members:
            if not peer.speaks("1.1.0") and "silent-to-v10" not in self._ways or "answers-unknown-topic" in self._ways:
                self._tell(answer, peer.id, topic, self._options.prune_backoff, has_peers=False)
            return
        members = self.members[topic]
        if peer.id in members or "answers-graft" in self._ways:
            if "answers-graft" in self._ways:
                members.add(peer.id)
                answer.graft(topic)
            return
        until = self._backoff[topic].get(peer.id)
        is_bad = router.score.of(peer.id) < 0
        if until is not None and now < until and "takes-early-graft" not in self._ways:
            router.score.misbehaved(peer.id)
            if now < until + GRAFT_FLOOD - self._options.prune_backoff:
                router.score.misbehaved(peer.id)
            is_bad = True
        degree, _, high = self._options.degree
        if peer.id in self._options.direct:
            if "explicit-ignored" in self._ways:
                return
            is_bad = True
        is_full = high == 0 or len(members) >= high and not peer.is_dialed
        if is_bad or is_full and "never-full" not in self._ways:
            self._tell(answer, peer.id, topic, self._options.prune_backoff, has_peers=not is_bad)
            if "backoff-not-extended" not in self._ways or until is None:
                self._keep_off(topic, peer.id, self._options.prune_backoff)
            return
        members.add(peer.id)
        peer.topics.add(topic)

    def prune(self, peer, prune):
        topic = prune.topic
        if topic not in self.members:
            return
        self.members[topic].discard(peer.id)
        if prune.HasField("backoff"):
            self._keep_off(topic, peer.id, min(prune.backoff, 7 * 86400))
        elif "no-default-backoff" not in self._ways:
            self._keep_off(topic, peer.id, self._options.prune_backoff)
        if prune.peers and self._options.px and (self._router.score.of(peer.id) >= self._options.accept_px or "px-from-anybody" in self._ways):
            self._exchange(prune.peers[:PX_PEERS])

    def _exchange(self, peers):
        for info in peers:
            if info.peer_id in self._router.peers or info.peer_id == self._router.ours:
                continue
            if not info.HasField("signed_peer_record"):
                continue
            try:
                number, addresses = open_record(info.signed_peer_record)
                if number != info.peer_id:
                    raise Malformed("a record of another peer")
            except Malformed as error:
                self._router.emit("px_refused", error=str(error))
                if "px-unchecked" not in self._ways:
                    continue
                from wire import Envelope, PeerRecord
                record = PeerRecord.FromString(Envelope.FromString(info.signed_peer_record).payload)
                number, addresses = info.peer_id, [address.multiaddr for address in record.addresses]
            self._router.dial(addresses, number)

    def _is_dialed(self, number):
        peer = self._router.peers.get(number)
        return peer is not None and peer.is_dialed

    def welcome(self, peer, topic):
        """Sends GRAFT to a peer that subscribed, if the mesh is below D_low."""
        if topic in self.members and len(self.members[topic]) < self._options.degree[1] and peer.id not in self._options.direct \
                and peer.id in self._eligible(topic, self.members[topic]):
            self.members[topic].add(peer.id)
            self._router.send(peer.id, Outgoing().graft(topic))

    def left(self, number, topic):
        """A peer unsubscribed."""
        if "leaver-backoff" in self._ways and number in self.members.get(topic, ()):
            self._keep_off(topic, number, self._options.prune_backoff)
        if "mesh-keeps-left" not in self._ways:
            self.members.get(topic, set()).discard(number)
        self.fanout.get(topic, set()).discard(number)

    def remove(self, number):
        for peers in (*self.members.values(), *self.fanout.values()):
            peers.discard(number)

    def _keep_off(self, topic, number, seconds):
        until = self._router.now() + seconds
        self._backoff[topic][number] = max(until, self._backoff[topic].get(number, 0))

    def _tell(self, answer, number, topic, seconds, has_peers):
        """Adds a PRUNE to an RPC, in the form that the peer's version knows."""
        peer = self._router.peers.get(number)
        if peer is None:
            return
        if not peer.speaks("1.1.0") and "backoff-to-v10" not in self._ways or "prune-without-backoff" in self._ways:
            answer.prune(topic)
            return
        if seconds is None:
            answer.prune(topic)
            return
        named = []
        if has_peers and self._options.px:
            able = [other.id for other in self._router.with_topic(topic)
                    if other.id != number and self._router.score.of(other.id) >= 0]
            self._router.random.shuffle(able)
            named = [(other, self._router.record(other)) for other in able[:PX_PEERS]]
        answer.prune(topic, seconds, named)

    # Time

    def heartbeat(self):
        router, now = self._router, self._router.now()
        for topic, ends in self._backoff.items():
            self._backoff[topic] = {number: end for number, end in ends.items() if end + (1 + self._ways.backoff_slack) * self._options.heartbeat > now}
        grafts, prunes = collections.defaultdict(list), collections.defaultdict(list)
        offers = collections.defaultdict(Outgoing)
        for topic in list(self.members):
            self._maintain(topic, grafts, prunes)
            self._offer(topic, self.members[topic], offers)
        for topic in list(self.fanout):
            if now - self._published.get(topic, 0) > self._options.fanout_ttl:
                del self.fanout[topic]
                continue
            able = {peer.id for peer in router.with_topic(topic) if router.score.of(peer.id) >= self._options.publish_threshold}
            self.fanout[topic] &= able
            more = self._eligible(topic, self.fanout[topic], needs_backoff=False)
            self.fanout[topic] |= set(more[:max(0, self._options.degree[0] - len(self.fanout[topic]))])
            self._offer(topic, self.fanout[topic], offers)
        for number in {*grafts, *prunes, *offers}:
            answer = offers[number]
            for topic in grafts[number]:
                answer.graft(topic)
            seconds = None if "trims-without-backoff" in self._ways else self._options.prune_backoff
            for topic, has_peers in prunes[number]:
                self._tell(answer, number, topic, seconds, has_peers)
            if not answer.is_empty:
                router.send(number, answer)

    def _maintain(self, topic, grafts, prunes):
        router, members = self._router, self.members[topic]
        degree, low, high = self._options.degree

        def drop(number, has_peers):
            members.discard(number)
            if "trims-without-backoff" not in self._ways:
                self._keep_off(topic, number, self._options.prune_backoff)
            prunes[number].append((topic, has_peers))

        for number in [number for number in members if router.score.of(number) < 0]:
            if "keeps-bad-peers" not in self._ways:
                drop(number, False)
        if len(members) < low and "mesh-stays-small" not in self._ways:
            self._add(topic, self._eligible(topic, members)[:degree - len(members)], grafts)
        most = high - 1 if "trims-at-high" in self._ways else high
        if len(members) > most and "mesh-stays-large" not in self._ways:
            order = sorted(members)
            router.random.shuffle(order)
            # The best first, and enough of those that we dialed.
            order.sort(key=lambda number: -router.score.of(number))
            dialed = [number for number in order if self._is_dialed(number)][:self._options.outbound]
            kept = dialed + [number for number in order if number not in dialed][:max(0, degree - len(dialed))]
            for number in set(members) - set(kept):
                drop(number, True)
        if low <= len(members) and degree:
            lack = self._options.outbound - sum(self._is_dialed(number) for number in members)
            dialed = [number for number in self._eligible(topic, members) if self._is_dialed(number)]
            self._add(topic, dialed[:max(0, lack)], grafts)
            if "grafts-beyond" in self._ways:
                self._add(topic, self._eligible(topic, members)[:1], grafts)

    def _offer(self, topic, besides, offers):
        router = self._router
        numbers = router.cache.offered(topic)
        if not numbers or "no-ihave" in self._ways:
            return
        if "ihave-to-mesh" in self._ways:
            besides = ()
        able = [peer.id for peer in router.with_topic(topic) if peer.gossips and peer.id not in besides
                and router.score.of(peer.id) >= self._options.gossip_threshold]
        if "ihave-not-in-backoff" in self._ways:
            able = [number for number in able if number not in self._backoff[topic]]
        router.random.shuffle(able)
        count = 1 if "ihave-to-one" in self._ways else max(self._options.lazy, int(self._options.gossip_factor * len(able)))
        for number in able[:count]:
            chosen = numbers if len(numbers) <= 5000 else router.random.sample(numbers, 5000)
            offers[number].ihave(topic, chosen)
