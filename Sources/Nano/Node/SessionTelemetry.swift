import Crypto
import Node
import Wire

// Telemetry.
extension Session {
    /// Sends the telemetry of the node, signed with its key. If a fault gives each connection a key of its own, that
    /// key signs it.
    mutating func sendTelemetry(_ telemetry: TelemetryAck, at now: Instant, in core: NodeCore, into out: inout [Action])
    {
        guard isRealtime, !isOver else { return }
        var message = telemetry
        if core.has(.newNodeID) {
            message.data?.nodeID = Key32(exactly: key.publicKey) ?? Key32()
            message.data?.sign(with: key)
        }
        send(message.encoded(), now, &out)
    }
    /// Handles a telemetry_req, which is not answered since V25.
    mutating func telemetryAsked(_ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        if core.has(.answersTelemetryReq) {
            return sendTelemetry(core.telemetry(peers: 1, now), at: now, in: core, into: &out)
        }
        questions += 1
        if core.has(.closesOnTelemetryReq), questions > 9 { return close(.fault, &out) }
        guard !core.rules.profile.broadcastsTelemetry || core.has(.answersOneTelemetryReq) else { return }
        if core.has(.silentOnTelemetryReq) { return }
        if let last = telemetrySentAt, now < last + core.limits.telemetryCooldown, !core.has(.answersEachTelemetryReq) {
            return
        }
        telemetrySentAt = now
        sendTelemetry(core.telemetry(peers: 1, now), at: now, in: core, into: &out)
    }
    /// Handles the telemetry of the other side with the order of checks of nano-node (telemetry.cpp, `verify`). Its
    /// content is not used, but validly signed telemetry of another genesis ends the connection.
    mutating func telemetry(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]) {
        // An empty message is legal.
        guard let data = (try? TelemetryAck(copying: bytes))?.data else {
            return core.has(.closesOnEmptyTelemetry) ? close(.fault, &out) : ()
        }
        if core.has(.closesOnLongTelemetry), bytes.byteCount > Header.count + 216 { return close(.fault, &out) }
        guard data.nodeID == nodeID || core.has(.believesAnyID), data.isSigned(in: bytes) || core.has(.believesUnsigned)
        else {
            if core.has(.closesOnBadTelemetry) { close(.fault, &out) }
            return
        }
        guard data.genesis != core.rules.network.genesis, !core.has(.keepsForeignGenesis) else { return }
        if !core.has(.foreignNeverExcluded) { core.exclusions.add(peer, now: now) }
        close(.foreignTelemetry, &out)
    }
}

extension NodeCore {
    /// Returns the telemetry of the node. The node has no calendar: its timestamp counts from a day in November 2023.
    func telemetry(peers: Int, _ now: Instant) -> TelemetryAck {
        var data = TelemetryAck.Telemetry()
        data.nodeID = Key32(exactly: key.publicKey) ?? Key32()
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
        if has(.telemetryWrongGenesis) { data.genesis.bytes[0] ^= 1 }
        if has(.telemetryWrongVersion) { data.protocolVersion -= 1 }
        if has(.telemetryLittle) {
            data.uptime = data.uptime.byteSwapped
            data.timestamp = data.timestamp.byteSwapped
        }
        if rules.profile == .v29dev, !has(.telemetryWithoutV2) {
            data.v2 = .init()
            data.v2?.databaseBackend = .init(rawValue: 1)
            data.v2?.bootstrapStatus = .init(rawValue: 2)
        }
        if has(.telemetryOfAnother) { data.nodeID.bytes[0] ^= 1 }
        data.sign(with: key)
        if has(.telemetryPartlySigned) {
            let part = Array(data.signed().dropLast(8))
            data.signature = Fixed(exactly: key.sign(part.span.bytes)) ?? data.signature
        }
        if has(.badTelemetrySignature) { data.signature.bytes[7] ^= 1 }
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
