"""The observed behaviour of PeerPigeon hubs that hub.py lacks by default: named behaviours, and the hubs that have them."""

BEHAVIOURS = {
    "awaits-close": "waits up to 30 s for the answer to its Close frame before it ends the connection, as the library ws does",
    "dies-of-hostile": "ends its process when the target and Host of a request are not a valid URL (HUB-51)",
    "waits-for-ghosts": "does not stop while a connection that sent goodbye is open (HUB-50)",
    "sends-back": "returns a signal for an unknown peer to the hub that sent it (HUB-101)",
    "counts-on": "does not start to count its dials at zero after a successful dial (HUB-73)",
    "relays-always": "forwards a repeated signal each time (HUB-68, HUB-69)",
    "keeps-no-cache": "forgets the peers of other hubs (HUB-63)",
    "leaves-stay": "reports no leaves to other hubs, and ignores theirs (HUB-71)",
    "leaves-without-hub": "sends form 1 without the field that marks a hub (HUB-100)",
    "discoveries-go-round": "also forwards peer-discovered of a hub that it dialed to hubs (HUB-102)",
    "leaves-go-round": "also forwards peer-disconnected of a hub that it dialed to hubs (HUB-102)",
}
BOTH = ("awaits-close", "dies-of-hostile", "waits-for-ghosts", "sends-back", "counts-on")
LIKE = {
    "peerpigeon-1.0.9": {*BOTH, "relays-always", "keeps-no-cache", "leaves-stay", "leaves-without-hub",
                         "discoveries-go-round"},
    "peerpigeon-1.1.3": {*BOTH, "leaves-go-round"},
}
