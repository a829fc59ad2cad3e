import Crypto
import Node
import Wire

// Telemetry.
extension Session {
    /// Sends the telemetry of the node on an established connection.
    mutating func sendTelemetry(_ telemetry: TelemetryAck, at now: Instant, in core: NodeCore, into out: inout [Action])
    {
        guard isRealtime, !isOver else { return }
        send(telemetry.encoded(), now, &out)
    }
    /// Handles a telemetry_req, which is not answered since V25.
    mutating func telemetryAsked(_ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        guard !core.rules.profile.broadcastsTelemetry else { return }
        if let last = telemetrySentAt, now < last + core.limits.telemetryCooldown { return }
        telemetrySentAt = now
        sendTelemetry(core.telemetry(peers: core.established, now), at: now, in: core, into: &out)
    }
    /// Handles the telemetry of the other side with the order of checks of nano-node (telemetry.cpp, `verify`). The node
    /// keeps the latest one for its operator. Validly signed telemetry of another genesis ends the connection.
    mutating func telemetry(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]) {
        // An empty message is legal.
        guard let data = (try? TelemetryAck(copying: bytes))?.data else { return }
        guard data.nodeID == nodeID, data.isSigned(in: bytes) else { return }
        guard data.genesis != core.rules.network.genesis else { return core.telemetries[link] = (data, now) }
        core.exclusions.add(peer, now: now)
        close(.foreignTelemetry, &out)
    }
}

extension NodeCore {
    /// Returns the telemetry of the node. The node has no calendar: its timestamp counts from a day in November 2023.
    func telemetry(peers: Int, _ now: Instant) -> TelemetryAck {
        var data = TelemetryAck.Telemetry()
        data.nodeID = nodeID
        data.blockCount = UInt64(ledger.blockCount)
        data.cementedCount = UInt64(ledger.confirmedCount)
        data.accountCount = UInt64(ledger.accounts.count)
        // 10 MiB per second is the default of nano-node.
        data.bandwidthCap = 10 << 20
        data.peerCount = UInt32(clamping: peers)
        data.protocolVersion = rules.profile.versionUsing
        data.uptime = UInt64(now.nanoseconds / 1_000_000_000)
        data.genesis = rules.network.genesis
        (data.major, data.minor, data.patch, data.preRelease) = rules.profile.software
        data.timestamp = 1_700_000_000_000 + UInt64(now.nanoseconds / 1_000_000)
        data.activeDifficulty = rules.network.work.epoch2Send
        if rules.profile == .v29dev {
            data.v2 = .init()
            data.v2?.databaseBackend = .init(rawValue: 1)
            data.v2?.bootstrapStatus = .init(rawValue: 2)
        }
        data.sign(with: key)
        var message = TelemetryAck()
        (message.header, message.data) = (rules.header(.telemetryAck), data)
        return message
    }
}

extension TelemetryAck.Telemetry {
    /// Sets the signature; all other fields must be set.
    mutating func sign(with key: SigningKey) {
        signature = Fixed(exactly: key.sign(signed().span.bytes)) ?? signature
    }
}
