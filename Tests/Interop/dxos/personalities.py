"""The observed behaviour of DXOS's own servers and clients, beyond the builds of wire.py: options of the model peers for
each implementation, and behaviours that no build has."""

# The behaviours of servers.
SERVER_BEHAVIOURS = {
    "dies-without-payload": "ends its process when a call comes without a payload (SIG-87)",
    "answers-in-any-order": "answers each call after a time of its own: an answer may come before stream_ready of an earlier call",
}
SERVERS = {
    "dxos-js-0.1": {"build": "js-2023"},
    "dxos-js-0.6": {"build": "js-2023"},
    "dxos-js-0.8": {"build": "js-2023"},
    "dxos-go": {"build": "go", "behaviours": {"dies-without-payload", "answers-in-any-order"}},
}
# Clients: the seconds to the second copy of a reliable message, between two __ping__ texts, and from the end of a
# connection to the first dial. Their timers were up to `late` seconds late.
CLIENTS = {
    "dxos-js-0.1": {"build": "js-2023", "resend": 0.3, "keepalive": 0, "reconnect": 0.1, "late": 0.05},
    "dxos-js-0.6": {"build": "js-2023", "resend": 0.3, "keepalive": 10.0, "reconnect": 0.1, "late": 0.05},
    "dxos-js-0.8": {"build": "js-2023", "resend": 1.0, "keepalive": 10.0, "reconnect": 0.1, "late": 0.05},
}
