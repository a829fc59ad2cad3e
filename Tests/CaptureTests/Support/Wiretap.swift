import Node

@testable import Capture

/// A packet of a synthetic capture.
struct Tapped {
    var bytes: [UInt8]
    /// The length on the wire in bytes, which is larger if the snap length cut the packet.
    var length: Int
    var time: Timestamp
    init(_ bytes: [UInt8], length: Int? = nil, time: Int64 = 0) {
        self.bytes = bytes
        self.length = length ?? bytes.count
        self.time = Timestamp(nanoseconds: time)
    }
}

/// A wrapping of packets below TCP.
enum Wrapping: String, CaseIterable {
    case ethernet, vlan, doubleVlan, cooked, cooked2, raw, rawInFiles, ipv4, ipv4Options, null, nullSwapped, loop
    case ppp, pppPlain, pppShort, pppInHDLC, ciscoInHDLC, pppOfLinux, pppWithDirection, ciscoHDLC, ciscoWithDirection
    case frameRelay, frameRelayLong, frameRelayPadded, frameRelaySNAP, frameRelayBridged, frameRelayCisco, frameRelayPPP
    case frameRelayWithDirection, slip, netfilterLog, netfilterLogSwapped, netfilterLogAfterOthers
    case perPacketEthernet, perPacketWireless
    case ethernet6, ethernet6Extensions, ipv6, raw6, null6, cooked6
    case ppp6, ciscoHDLC6, frameRelay6, slip6, netfilterLog6

    var link: LinkType {
        switch self {
        case .ethernet, .vlan, .doubleVlan, .ethernet6, .ethernet6Extensions: .ethernet
        case .cooked, .cooked6: .linuxCooked
        case .cooked2: .linuxCooked2
        case .raw, .raw6, .ipv4Options: .raw
        case .rawInFiles: .rawInFiles
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        case .null, .nullSwapped, .null6: .null
        case .loop: .loop
        case .ppp, .pppPlain, .pppShort, .ppp6: .ppp
        case .pppInHDLC, .ciscoInHDLC: .pppInHDLC
        case .pppOfLinux: .pppOfLinux
        case .pppWithDirection: .pppWithDirection
        case .ciscoHDLC, .ciscoHDLC6: .ciscoHDLC
        case .ciscoWithDirection: .ciscoHDLCWithDirection
        case .frameRelay, .frameRelayLong, .frameRelayPadded, .frameRelaySNAP, .frameRelayBridged, .frameRelayCisco,
            .frameRelayPPP, .frameRelay6:
            .frameRelay
        case .frameRelayWithDirection: .frameRelayWithDirection
        case .slip, .slip6: .slip
        case .netfilterLog, .netfilterLogSwapped, .netfilterLogAfterOthers, .netfilterLog6: .netfilterLog
        case .perPacketEthernet, .perPacketWireless: .perPacketInformation
        }
    }
    var isIPv6: Bool {
        switch self {
        case .ethernet6, .ethernet6Extensions, .ipv6, .raw6, .null6, .cooked6, .ppp6, .ciscoHDLC6, .frameRelay6, .slip6,
            .netfilterLog6:
            true
        default: false
        }
    }
    func packet(_ segment: Tap) -> [UInt8] { packet(6, segment.tcp, from: segment.from, to: segment.to) }
    /// Returns a packet with the header and payload of a transport.
    func packet(_ transport: UInt8, _ content: [UInt8], from: Endpoint, to: Endpoint) -> [UInt8] {
        var ip: [UInt8]
        if isIPv6 {
            let extensions: [UInt8] =
                self == .ethernet6Extensions
                ? [43, 0, 1, 4, 0, 0, 0, 0] + [60, 0, 4, 0, 0, 0, 0, 0] + [44, 1] + [UInt8](repeating: 0, count: 14)
                    + [transport, 0, 0, 0, 0, 0, 0, 1] : []
            let length = content.count + extensions.count
            ip = [0x60, 0, 0, 0] + be16(length) + [extensions.isEmpty ? transport : 0, 64]
            ip += from.address + to.address + extensions + content
        } else {
            let options: [UInt8] = self == .ipv4Options ? [1, 1, 1, 0] : []
            ip = [0x45 + UInt8(options.count / 4), 0] + be16(20 + options.count + content.count)
            ip += [0, 1, 0x40, 0, 64, transport, 0, 0] + from.address.suffix(4) + to.address.suffix(4)
            ip += options + content
        }
        let type: [UInt8] = isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]
        return frame(ip, type)
    }
    /// Returns the frame with an IP packet of this Ethernet type.
    private func frame(_ ip: [UInt8], _ type: [UInt8]) -> [UInt8] {
        let addresses = [UInt8](repeating: 2, count: 12)
        let zeros = { [UInt8](repeating: 0, count: $0) }
        switch self {
        case .ethernet, .ethernet6, .ethernet6Extensions:
            // Short frames are padded after the IP packet.
            return addresses + type + ip + [UInt8](repeating: 0, count: max(0, 46 - ip.count))
        case .vlan: return addresses + [0x81, 0, 0, 5] + type + ip
        case .doubleVlan: return addresses + [0x88, 0xa8, 0, 5, 0x81, 0, 0, 6] + type + ip
        case .cooked, .cooked6: return [0, 0, 3, 4, 0, 6] + [UInt8](repeating: 0, count: 8) + type + ip
        case .cooked2: return type + [0, 0, 0, 0, 0, 1, 3, 4, 0, 6] + [UInt8](repeating: 0, count: 8) + ip
        case .null: return [2, 0, 0, 0] + ip
        case .nullSwapped: return [0, 0, 0, 2] + ip
        case .null6: return [30, 0, 0, 0] + ip
        case .loop: return [0, 0, 0, 2] + ip
        case .raw, .rawInFiles, .ipv4, .ipv4Options, .ipv6, .raw6: return ip
        case .ppp, .pppInHDLC: return [0xff, 3, 0, 0x21] + ip
        case .ppp6: return [0xff, 3, 0, 0x57] + ip
        case .pppPlain: return [0, 0x21] + ip
        case .pppShort: return [0x21] + ip
        case .pppOfLinux: return [1, 3, 0, 0x21] + ip
        case .pppWithDirection: return [1, 0xff, 3, 0, 0x21] + ip
        case .ciscoHDLC, .ciscoInHDLC, .ciscoHDLC6: return [0x0f, 0] + type + ip
        case .ciscoWithDirection: return [0, 0x8f, 0] + type + ip
        case .frameRelay: return [0x18, 0x41, 3, 0xcc] + ip
        case .frameRelay6: return [0x18, 0x41, 3, 0x8e] + ip
        case .frameRelayLong: return [0x18, 0x40, 0x02, 0x01, 3, 0xcc] + ip
        case .frameRelayPadded: return [0x18, 0x41, 3, 0, 0xcc] + ip
        case .frameRelaySNAP: return [0x18, 0x41, 3, 0, 0x80, 0, 0, 0] + type + ip
        case .frameRelayBridged: return [0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7] + addresses + type + ip
        case .frameRelayCisco: return [0x18, 0x41] + type + ip
        case .frameRelayPPP: return [0x18, 0x41, 3, 0xcf, 0, 0x21] + ip
        case .frameRelayWithDirection: return [1, 0x18, 0x41, 3, 0xcc] + ip
        case .slip, .slip6: return [1, 0x40] + zeros(14) + ip
        case .netfilterLog, .netfilterLog6:
            return [self == .netfilterLog ? 2 : 10, 0, 0, 0] + be16(ip.count + 4).reversed() + [9, 0] + ip
                + zeros(-ip.count & 3)
        case .netfilterLogSwapped: return [2, 0, 0, 7] + be16(ip.count + 4) + [0, 9] + ip + zeros(-ip.count & 3)
        // A prefix of 6 bytes, which is padded, and nested attributes of a VLAN.
        case .netfilterLogAfterOthers:
            return [7, 0, 0, 0, 10, 0, 10, 0, 1, 2, 3, 4, 5, 0, 0, 0, 8, 0, 20, 0x80, 1, 2, 3, 4]
                + be16(ip.count + 4).reversed() + [9, 0] + ip + zeros(-ip.count & 3)
        case .perPacketEthernet: return [0, 0, 12, 0, 1, 0, 0, 0, 9, 9, 9, 9] + addresses + type + ip
        case .perPacketWireless:
            return [0, 0, 8, 0, 105, 0, 0, 0, 8, 1] + zeros(22) + [0xaa, 0xaa, 3, 0, 0, 0] + type + ip
        }
    }
}

func be16(_ n: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n)] }
func be32(_ n: UInt32) -> [UInt8] { be16(Int(n >> 16)) + be16(Int(n & 0xffff)) }

/// A TCP segment to be written.
struct Tap {
    var from: Endpoint
    var to: Endpoint
    var sequence: UInt32
    var acknowledgement: UInt32 = 0
    var flags: TCPFlags = .acknowledges
    var payload: [UInt8] = []
    var window = 256
    /// Three words of TCP options.
    var options = [UInt8](repeating: 1, count: 12)
    var tcp: [UInt8] {
        be16(Int(from.port)) + be16(Int(to.port)) + be32(sequence) + be32(acknowledgement)
            + [0x80, flags.rawValue] + be16(window) + [0, 0, 0, 0] + options + payload
    }
}

/// The two ends of a synthetic connection.
struct Wire2 {
    var client = Endpoint(v4: 0x0a00_0001, port: 40_000)
    var server = Endpoint(v4: 0x0a00_0002, port: 9000)
    /// The sequence numbers of the first bytes.
    var up: UInt32 = 1001
    var down: UInt32 = 5001

    /// The segments SYN, SYN-ACK, ACK.
    var opening: [Tap] {
        [
            Tap(from: client, to: server, sequence: up &- 1, flags: .syn),
            Tap(from: server, to: client, sequence: down &- 1, acknowledgement: up, flags: [.syn, .acknowledges]),
            Tap(from: client, to: server, sequence: up, acknowledgement: down),
        ]
    }
    /// Returns a segment with bytes at an offset of the client's stream.
    func say(_ payload: [UInt8], at offset: Int, _ flags: TCPFlags = .acknowledges) -> Tap {
        Tap(
            from: client, to: server, sequence: up &+ UInt32(truncatingIfNeeded: offset), acknowledgement: down,
            flags: flags, payload: payload)
    }
    /// Returns a segment with bytes at an offset of the server's stream. `received`: the number of bytes that the
    /// server has received.
    func answer(_ payload: [UInt8], at offset: Int, received: Int = 0, _ flags: TCPFlags = .acknowledges) -> Tap {
        Tap(
            from: server, to: client, sequence: down &+ UInt32(truncatingIfNeeded: offset),
            acknowledgement: up &+ UInt32(truncatingIfNeeded: received), flags: flags, payload: payload)
    }
}

/// A sink that keeps all records with their bytes.
struct Kept: RecordSink {
    var records: [Record] = []
    var bytes: [[UInt8]] = []
    var captureNotes: [CaptureNote] = []
    var wantsAnswers: Bool { true }
    mutating func note(_ note: CaptureNote) { captureNotes.append(note) }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        records.append(copy record)
        self.bytes.append(bytes.withUnsafeBytes { [UInt8]($0) })
    }
    /// The sender, name and text of each record, without time and frames.
    var said: [String] {
        records.indices.map { i in
            "\(records[i].isFromClient ? ">" : "<") \(records[i].name) "
                + String(decoding: bytes[i].dropFirst(bytes[i].starts(with: [0x5a, 0xa5]) ? 4 : 0), as: UTF8.self)
        }
    }
    var notes: [String] { records.flatMap(\.notes).map(\.text) }
    /// The answers, each with the number of the request and its own.
    var pairs: [[Int]] { records.compactMap { record in record.answers.map { [$0.record, record.number] } } }
}

/// Reads packets with all layers. Their times are one millisecond apart.
func tap(
    _ packets: [Tapped], _ link: LinkType, _ definitions: [Definition] = [.toy],
    reading options: ReadingOptions = ReadingOptions()
) -> (Kept, Tally) {
    var table = FlowTable(definitions, options)
    var kept = Kept()
    for (i, p) in packets.enumerated() {
        let packet = Packet(
            number: i + 1, time: Timestamp(nanoseconds: p.time.nanoseconds + Int64(i) * 1_000_000), length: p.length,
            link: link, bytes: p.bytes.span.bytes)
        table.receive(packet, &kept)
    }
    table.finish(&kept)
    return (kept, table.tally)
}
func tap(
    _ segments: [Tap], _ wrapping: Wrapping = .ethernet, _ definitions: [Definition] = [.toy],
    reading options: ReadingOptions = ReadingOptions()
) -> (Kept, Tally) {
    tap(segments.map { Tapped(wrapping.packet($0)) }, wrapping.link, definitions, reading: options)
}

extension PacketSource where Self: ~Copyable {
    /// Returns the next packet; nil at the end. After an error there are no further packets.
    @_lifetime(&self)
    mutating func next() throws(CaptureError) -> Packet? {
        guard try advance() else { return nil }
        // The packet is borrowed until `self` changes, which the lifetime of the result enforces.
        let found = unsafe _overrideLifetime(current(), copying: ())
        return unsafe _overrideLifetime(found, mutating: &self)
    }
}
