import Testing
import Wire

@testable import Nano
@testable import Node

/// A row of the table of parse statuses on a connection after the handshake. It has the bytes, and for each profile the
/// reason why the connection ends. If the reason is nil, the node drops the bytes and the connection remains open.
struct ParseStatus: Sendable, CustomTestStringConvertible {
    var status: String
    var bytes: @Sendable (Ruleset) -> [UInt8]
    var legacy: CloseReason?
    var v28: CloseReason?
    var v29dev: CloseReason?
    /// The profiles that report the contents as invalid, regardless of the connection.
    var dropped: [Profile]
    var testDescription: String { status }

    /// Creates a row with the same outcome in each profile.
    init(_ status: String, always reason: CloseReason?, _ bytes: @escaping @Sendable (Ruleset) -> [UInt8]) {
        self.init(status, legacy: reason, v28: reason, v29dev: reason, dropped: [], bytes)
    }
    /// Creates a row with invalid contents, which each profile except for v29dev drops.
    init(soft status: String, _ bytes: @escaping @Sendable (Ruleset) -> [UInt8]) {
        self.init(status, legacy: nil, v28: nil, v29dev: .badContent, dropped: Profile.allCases, bytes)
    }
    init(
        _ status: String, legacy: CloseReason?, v28: CloseReason?, v29dev: CloseReason?, dropped: [Profile] = [],
        _ bytes: @escaping @Sendable (Ruleset) -> [UInt8]
    ) {
        self.status = status
        self.bytes = bytes
        self.legacy = legacy
        self.v28 = v28
        self.v29dev = v29dev
        self.dropped = dropped
    }
    /// True if v23 does not know the type.
    private var isPull: Bool {
        let type = bytes(Ruleset(network: .dev, profile: .v24))[5]
        return type == MessageType.ascPullReq.rawValue || type == MessageType.ascPullAck.rawValue
    }
    func reason(_ profile: Profile) -> CloseReason? {
        switch profile {
        case .legacy, .v24: legacy
        case .v23: isPull ? .invalidType : legacy ?? (isDropped(.v23) ? .badContent : nil)
        case .v28: v28
        case .v29dev: v29dev
        }
    }
    /// Returns true if the profile reports invalid contents. The early generations agree if they know the type.
    func isDropped(_ profile: Profile) -> Bool {
        // V24 expects no block in a vote.
        let isOther = profile == .v23 && isPull || profile == .v24 && status.contains("confirm_ack")
        return profile.isEarly ? dropped.contains(.legacy) && !isOther : dropped.contains(profile)
    }

    /// Returns a message with these extension bits, followed by `count` zeros.
    static func zeros(_ type: MessageType, _ extensions: UInt16 = 0, _ count: Int) -> @Sendable (Ruleset) -> [UInt8] {
        { rules in raw(rules, type.rawValue, extensions) + [UInt8](repeating: 0, count: count) }
    }
    static func raw(_ rules: Ruleset, _ type: UInt8, _ extensions: UInt16 = 0) -> [UInt8] {
        var header = Keepalive()
        header.header = rules.header(.keepalive)
        var bytes = Array(header.encoded()[..<8])
        bytes[5] = type
        bytes[6] = UInt8(extensions & 255)
        bytes[7] = UInt8(extensions >> 8)
        return bytes
    }
    static func changed(_ at: Int, _ byte: UInt8) -> @Sendable (Ruleset) -> [UInt8] {
        { rules in
            var bytes = raw(rules, MessageType.telemetryReq.rawValue)
            bytes[at] = byte
            return bytes
        }
    }

    static let all = [
        Self("invalid_network", always: .wrongNetwork, changed(1, 0x43)),
        Self("invalid_network, none", always: .wrongNetwork, changed(0, 0)),
        Self("outdated_version", always: .outdatedVersion, changed(3, 0x11)),
        Self("outdated_version 0x13", legacy: nil, v28: .outdatedVersion, v29dev: .outdatedVersion, changed(3, 0x13)),
        Self("future version", always: nil, changed(3, 0xff)),
        Self("version_max and version_min", always: nil) { rules in
            var bytes = raw(rules, MessageType.telemetryReq.rawValue)
            (bytes[2], bytes[4]) = (0, 0xff)
            return bytes
        },
        Self("invalid_header, type 0", always: .invalidType, changed(5, 0)),
        Self("invalid_header, type 1", always: .invalidType, changed(5, 1)),
        Self("invalid_header, type 9", always: .invalidType, changed(5, 9)),
        Self(
            "invalid_header, type 0x10", legacy: .invalidType, v28: .invalidType, v29dev: .badContent,
            dropped: [.v29dev], changed(5, 0x10)),
        Self("invalid_header, type 0x12", always: .invalidType, changed(5, 0x12)),
        // The reason shows the order of the checks.
        Self("type 9 of another network", legacy: .wrongNetwork, v28: .wrongNetwork, v29dev: .invalidType) { rules in
            var bytes = changed(5, 9)(rules)
            bytes[1] = 0x43
            return bytes
        },
        Self("old version of another network", always: .wrongNetwork) { rules in
            var bytes = changed(3, 0x11)(rules)
            bytes[1] = 0x43
            return bytes
        },
        Self("old version with type 9", legacy: .outdatedVersion, v28: .outdatedVersion, v29dev: .invalidType) {
            rules in
            var bytes = changed(3, 0x11)(rules)
            bytes[5] = 9
            return bytes
        },
        Self(soft: "invalid_publish_message, type 0", zeros(.publish, 0, 0)),
        Self(soft: "invalid_publish_message, type 1", zeros(.publish, 0x0100, 0)),
        Self(soft: "invalid_publish_message, type 15", zeros(.publish, 0x0f00, 0)),
        Self(soft: "invalid_confirm_req_message, no pairs", zeros(.confirmReq, 0x0100, 0)),
        Self(soft: "invalid_confirm_req_message, zeros", zeros(.confirmReq, 0x1100, 64)),
        Self("confirm_ack about a block", always: nil) { rules in
            zeros(.confirmAck, 0x0200, rules.profile.isEarly && rules.profile != .v24 ? 256 : 104)(rules)
        },
        Self(
            "invalid_confirm_ack_message, no block type", legacy: nil, v28: nil, v29dev: nil, dropped: [.legacy],
            zeros(.confirmAck, 0x0700, 104)),
        Self("confirm_ack without hashes", always: nil, zeros(.confirmAck, 0x0100, 104)),
        Self(soft: "invalid_telemetry_ack_message, 1 byte", zeros(.telemetryAck, 1, 1)),
        Self(soft: "invalid_telemetry_ack_message, 201 bytes", zeros(.telemetryAck, 201, 201)),
        Self("telemetry_ack, empty", always: nil, zeros(.telemetryAck, 0, 0)),
        Self("telemetry_ack, 202 bytes", always: nil, zeros(.telemetryAck, 202, 202)),
        Self("telemetry_ack, 215 bytes", always: nil, zeros(.telemetryAck, 215, 215)),
        Self("telemetry_ack, 216 bytes", always: nil, zeros(.telemetryAck, 216, 216)),
        Self("telemetry_ack, 1023 bytes", always: nil, zeros(.telemetryAck, 1023, 1023)),
        Self(soft: "invalid_telemetry_ack_message, bits above", zeros(.telemetryAck, 0x0400 | 202, 202)),
        Self(soft: "invalid_bulk_pull_message, reserved byte") { rules in
            raw(rules, MessageType.bulkPull.rawValue, 1) + [UInt8](repeating: 1, count: 72)
        },
        Self("bulk_pull", always: nil, zeros(.bulkPull, 0, 64)),
        Self("bulk_pull_account", always: nil, zeros(.bulkPullAccount, 0, 49)),
        Self("frontier_req", always: nil, zeros(.frontierReq, 0, 40)),
        Self(soft: "invalid_asc_pull_req_message, type 0", zeros(.ascPullReq, 0, 9)),
        Self(soft: "invalid_asc_pull_req_message, short") { rules in
            raw(rules, MessageType.ascPullReq.rawValue, 5) + [1] + [UInt8](repeating: 0, count: 13)
        },
        Self("asc_pull_req, blocks_random", legacy: nil, v28: nil, v29dev: nil, dropped: [.legacy, .v28]) { rules in
            raw(rules, MessageType.ascPullReq.rawValue, 32) + [4] + [UInt8](repeating: 0, count: 40)
        },
        Self(soft: "invalid_asc_pull_ack_message, type 6") { rules in
            raw(rules, MessageType.ascPullAck.rawValue) + [6] + [UInt8](repeating: 0, count: 8)
        },
        Self(soft: "invalid_asc_pull_ack_message, no end") { rules in
            raw(rules, MessageType.ascPullAck.rawValue, 1) + [3] + [UInt8](repeating: 0, count: 9)
        },
        Self("keepalive of zeros", always: nil, zeros(.keepalive, 0xffff, 144)),
    ]
}

/// In each row and each profile, the connection ends with the reason, or continues and answers.
@Test(arguments: ParseStatus.all, Profile.allCases)
func parseStatus(row: ParseStatus, profile: Profile) throws {
    let rules = Ruleset(network: .dev, profile: profile)
    var (table, link) = try Table.joined(profile: profile.rawValue)
    let bytes = row.bytes(rules)
    table.say(bytes, on: link)
    if let reason = row.reason(profile) {
        #expect(table.reasons == [reason.rawValue])
        #expect(!table.isOpen(link))
    } else {
        #expect(table.reasons == [])
        let peer = Peer()
        // V23 has no request that the test could use.
        #expect(profile.hasAscendingBootstrap ? table.isAlive(link, peer) : table.isOpen(link))
    }
    #expect(table.reports("node", "dropped").isEmpty != row.isDropped(profile))
}

/// The largest payload after a header is 65,544 bytes.
@Test func largestPayload() {
    var largest = 0
    for message in catalogue {
        for e in 0...0xffff as ClosedRange<UInt16> {
            let header = ParseStatus.raw(Ruleset(network: .dev, profile: .v29dev), message.type.rawValue, e)
            largest = max(largest, RawHeader(header.span.bytes, at: 0).map { message.payloadCount($0) } ?? 0)
        }
    }
    #expect(largest == 65_544)
}
