/// The names of Wireshark that differ from ours, for errors: fields, and lower protocols, which are tests here.
enum WiresharkNames {
    static let same: [String: String] = [
        "tcp": "transport == tcp", "udp": "transport == udp", "frame.cap_len": "frame.len",
        "frame.time_epoch": "time", "frame.time_utc": "time", "frame.protocols": "path", "ip.proto": "transport",
        "tcp.len": "length", "udp.length": "length", "tcp.payload": "bytes", "udp.payload": "bytes",
        "data.data": "bytes", "tcp.seq": "offset", "_ws.malformed": "malformed", "_ws.expert": "notes.severity",
        "_ws.expert.severity": "notes.severity", "_ws.expert.message": "notes.text", "udp.stream": "flow",
        // packet-nano.c
        "nano.magic_number": "nano.network", "nano.packet_type": "nano.type",
        "nano.keepalive.peer_ip": "nano.keepalive.peers.address",
        "nano.keepalive.peer_port": "nano.keepalive.peers.port", "nano.vote.account": "nano.confirm_ack.account",
        "nano.vote.signature": "nano.confirm_ack.signature", "nano.vote.sequence": "nano.confirm_ack.timestamp",
        "nano.block.hash_previous": "nano.publish.state.previous",
        "nano.block.hash_source": "nano.publish.receive.source",
        "nano.block.destination_account": "nano.publish.send.destination",
        "nano.block.representative_account": "nano.publish.state.representative",
        "nano.block.account": "nano.publish.state.account", "nano.block.balance": "nano.publish.state.balance",
        "nano.block.link": "nano.publish.state.link", "nano.block.signature": "nano.publish.state.signature",
        "nano.block.work": "nano.publish.state.work", "nano.bulk_pull.account": "nano.bulk_pull.start",
        "nano.frontier_req.account": "nano.frontier_req.start", "nano.frontier.head_hash": "nano.frontier.hash",
        // packet-websocket.c
        "websocket.payload_length": "websocket.frame.length",
    ]

    /// Returns our name or a test; nil for unknown names.
    static func ours(_ name: String) -> String? { same[name] }
    /// The prefixes of the names of packets and segments.
    static let packets = ["eth.", "frame.", "ip.", "ipv6.", "tcp.", "udp."]
}
