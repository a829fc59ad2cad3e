"""What a router remembers of messages and peers: the caches, and the score."""

import collections

PEERS_OF_ONE_ADDRESS = 10   # P6 ignores up to this number
REMEMBERED = 3600           # seconds that the node remembers a peer that left


class MessageCache:
    """Messages of the last heartbeats: all windows are served, the newest are offered."""

    def __init__(self, length, gossip):
        self._gossip = gossip
        self._windows = collections.deque([[] for _ in range(length)], maxlen=length)
        self._messages = {}

    def put(self, message):
        if message.id not in self._messages:
            self._messages[message.id] = message
            self._windows[0].append((message.topic, message.id))

    def get(self, number):
        return self._messages.get(number)

    def offered(self, topic):
        return [number for window in list(self._windows)[:self._gossip] for of, number in window if of == topic]

    def shift(self):
        for _, number in self._windows[-1]:
            self._messages.pop(number, None)
        self._windows.appendleft([])


class Seen:
    """Ids for some seconds after they were added."""

    def __init__(self, seconds, now):
        self._seconds, self._now = seconds, now
        self._since = collections.OrderedDict()

    def __contains__(self, number):
        self._expire()
        return number in self._since

    def add(self, number):
        self._since.setdefault(number, self._now())

    def _expire(self):
        limit = self._now() - self._seconds
        while self._since and next(iter(self._since.values())) <= limit:
            self._since.popitem(last=False)


class Score:
    """The score: invalid messages (P4, by topic), peers of one address (P6, if it has a weight) and misbehaviour (P7). A peer that left
    keeps its counters for a time, without decay. If they are bad, it also keeps its address."""

    def __init__(self, options, now=lambda: 0):
        self._options, self._now = options, now
        self._addresses, self._gone = {}, {}   # peer -> address; peer -> time of its leave
        self._invalid = collections.defaultdict(float)
        self._behaviour = collections.defaultdict(float)

    def of(self, peer):
        if not self._options.score:
            return 0.0
        invalid = sum(count * count for (of, _), count in self._invalid.items() if of == peer)
        return self._options.p4_weight * invalid + self._shared(peer) + self._options.p7_weight * self._behaviour[peer] ** 2

    def _shared(self, peer):
        """Returns the P6 score."""
        address = self._addresses.get(peer)
        if not self._options.p6_weight or not address:
            return 0
        excess = sum(other == address for other in self._addresses.values()) - PEERS_OF_ONE_ADDRESS
        return self._options.p6_weight * max(0, excess) ** 2

    def came(self, peer, address):
        self._gone.pop(peer, None)
        self._addresses[peer] = address

    def left(self, peer):
        if self.of(peer) > 0:
            self._addresses.pop(peer, None)
        else:
            self._gone[peer] = self._now()

    def invalid(self, peer, topic):
        self._invalid[peer, topic] += 1

    def misbehaved(self, peer, count=1):
        self._behaviour[peer] += count

    def decay(self, present):
        for peer in [peer for peer, since in self._gone.items() if self._now() - since > REMEMBERED]:
            del self._gone[peer]
            self._addresses.pop(peer, None)
        for counters, decay in ((self._invalid, self._options.p4_decay), (self._behaviour, self._options.p7_decay)):
            for key in list(counters):
                if (key[0] if isinstance(key, tuple) else key) not in present:
                    continue
                counters[key] *= decay
                if counters[key] < 0.01:
                    del counters[key]


class Promises:
    """Of each IWANT one id has to come in time."""

    def __init__(self, seconds, now):
        self._seconds, self._now = seconds, now
        self._until = {}   # (id, peer) -> when

    def add(self, peer, number):
        self._until.setdefault((number, peer), self._now() + self._seconds)

    def kept(self, number):
        for key in [key for key in self._until if key[0] == number]:
            del self._until[key]

    def broken(self):
        """The peers that did not keep theirs, once for each."""
        late = [key for key, until in self._until.items() if until <= self._now()]
        for key in late:
            del self._until[key]
        return [peer for _, peer in late]
