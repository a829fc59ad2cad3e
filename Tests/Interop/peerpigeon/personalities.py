"""What the hubs of PeerPigeon were seen to do that hub.py does not do by itself: named behaviours, and which hub has which."""

BEHAVIOURS = {
    "awaits-close": "waits up to 30 s for the answer to its Close frame before it ends the connection, as the library ws does",
    "dies-of-hostile": "ends its process when the target of a request or its Host make no URL (HUB-51)",
    "waits-for-ghosts": "does not stop while a connection that said goodbye is open (HUB-50)",
    "sends-back": "passes a signal for nobody here back to the hub that said it (HUB-101)",
    "relays-always": "passes the same signal on each time (HUB-68, HUB-69)",
    "keeps-no-cache": "forgets the peers of other hubs (HUB-63)",
    "leaves-stay": "tells other hubs nothing of leaves, and takes nothing of them from hubs (HUB-71)",
    "leaves-without-hub": "does not say in form 1 whether the peer that left was a hub (HUB-100)",
    "discoveries-go-round": "passes peer-discovered of a hub that it dialed on to hubs, too (HUB-102)",
    "leaves-go-round": "passes peer-disconnected of a hub that it dialed on to hubs, too (HUB-102)",
}
BOTH = ("awaits-close", "dies-of-hostile", "waits-for-ghosts", "sends-back")
LIKE = {
    "peerpigeon-1.0.9": {*BOTH, "relays-always", "keeps-no-cache", "leaves-stay", "leaves-without-hub",
                         "discoveries-go-round"},
    "peerpigeon-1.1.3": {*BOTH, "leaves-go-round"},
}
