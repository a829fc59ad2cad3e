"""/plaintext/2.0.0: both say who they are, and nothing is proven."""

from identity import check_key, peer_id
from streams import Violation, read_prefixed
from ways import OWN
from wire import Exchange, parsed, prefixed

PROTOCOL = "/plaintext/2.0.0"
LONGEST = 65536


async def secure(channel, identity, expected, is_dialer, ways=OWN):
    """The channel as it is, the other's peer id and its key."""
    ours = Exchange(id=identity.id)
    ours.pubkey.CopyFrom(identity.message)
    waits = "pt-waits" in ways and not is_dialer
    if not waits:
        channel.write(prefixed(ours.SerializeToString()))
        await channel.drain()
    theirs = parsed(Exchange, await read_prefixed(channel, LONGEST))
    if waits:
        channel.write(prefixed(ours.SerializeToString()))
    key = theirs.pubkey.SerializeToString()
    if "pt-any-id" not in ways:
        check_key(key)
        if peer_id(key) != theirs.id:
            raise Violation("the peer id is not that of the key")
    if is_dialer and expected is not None and theirs.id != expected and "dials-anybody" not in ways:
        raise Violation("the listener is another peer than was dialed")
    return channel, theirs.id, key
