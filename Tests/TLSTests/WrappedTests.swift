import Node
import Testing
import WebSocket
import Wire

@testable import Capture
@testable import TLS

/// Tests of connections of plain captures that OpenSSL carried in TLS: one for each kind of cipher, and for the ways in
/// which a connection changes its keys (`Captures/tls`).
struct WrappedTests {
    /// A capture, the plain capture of the same connection, and its client's port there.
    struct Wrapped: CustomTestStringConvertible {
        var name: String
        var plain = "websocket/relay.pcap"
        var port: UInt16 = 44068
        /// The number of complete handshakes.
        var handshakes = 1
        var testDescription: String { name }
    }
    static let captures = [
        Wrapped(name: "rsa-aes128-gcm"), Wrapped(name: "rsa-aes256-gcm"),
        Wrapped(name: "ecdhe-aes128-gcm", plain: "dxos/dxos-signal-two-peers.pcap", port: 34836),
        Wrapped(name: "ecdhe-aes256-gcm"), Wrapped(name: "ecdhe-chacha20"), Wrapped(name: "ecdhe-aes128-ccm"),
        Wrapped(name: "ecdhe-aes256-ccm8"), Wrapped(name: "ecdhe-aes128-cbc"),
        Wrapped(name: "rsa-aes256-cbc"), Wrapped(name: "ecdhe-aes256-cbc"), Wrapped(name: "tls13-aes128-ccm"),
        Wrapped(name: "tls13-aes128-ccm8"),
        Wrapped(name: "resumed", handshakes: 2), Wrapped(name: "resumed-id", handshakes: 2),
        Wrapped(name: "renegotiated", handshakes: 2),
    ]
    struct Packets {
        var packets: [(time: Capture.Timestamp, link: LinkType, bytes: [UInt8])] = []
        var secrets = Secrets()

        init(_ path: String) throws {
            let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            var file = try CaptureFile("\(folder)/Captures/\(path)", secrets: secrets)
            while try file.advance() {
                let packet = file.current()
                packets.append((packet.time, packet.link, packet.bytes.withUnsafeBytes { [UInt8]($0) }))
            }
        }
        init(_ wrapped: Wrapped) throws { try self.init("tls/wrapped-\(wrapped.name).pcapng") }
        /// The same packets, after a proxy granted a tunnel to the server. The proxy's request and response are cut at
        /// every `cut` bytes.
        func inTunnel(cut: Int) -> Packets {
            let said = [
                Array("CONNECT hub:443 HTTP/1.1\r\nHost: hub:443\r\n\r\n".utf8),
                Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8),
            ]
            var out = self
            out.packets = []
            var begins: [Bool: [UInt8]] = [:]
            for var packet in packets {
                let isFromClient = packet.bytes[20..<24] == packets[0].bytes[20..<24]
                if !out.packets.isEmpty, begins.count == 2, packet.bytes.count > 40, out.packets.count < 4 {
                    for (i, bytes) in said.enumerated() {
                        for at in stride(from: 0, to: bytes.count, by: cut) {
                            let piece = bytes[at..<min(at + cut, bytes.count)]
                            var head = Array((begins[i == 0] ?? []).prefix(40))
                            head[33] = 0x10
                            head.replaceSubrange(2..<4, with: Self.number(UInt64(40 + piece.count), 2))
                            let first = head[24..<28].reduce(0) { $0 << 8 | UInt64($1) }
                            head.replaceSubrange(24..<28, with: Self.number(first + 1 + UInt64(at), 4))
                            out.packets.append((packet.time, packet.link, head + piece))
                        }
                    }
                }
                if packet.bytes[33] & 2 != 0 {
                    begins[isFromClient] = packet.bytes
                } else {
                    for (place, count) in [
                        (24, said[isFromClient ? 0 : 1].count), (28, said[isFromClient ? 1 : 0].count),
                    ] {
                        let old = packet.bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt64($1) }
                        packet.bytes.replaceSubrange(place..<place + 4, with: Self.number(old + UInt64(count), 4))
                    }
                }
                out.packets.append(packet)
            }
            return out
        }
        private static func number(_ n: UInt64, _ size: Int) -> [UInt8] {
            (0..<size).reversed().map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) }
        }
        /// The places of the packets with data, after the headers of IPv4 and TCP without options.
        var withData: [Int] { packets.indices.filter { packets[$0].bytes.count > 40 } }
        /// The places of the packets that begin with a record of application data.
        var withRecords: [Int] { withData.filter { packets[$0].bytes[40] == ContentType.applicationData.rawValue } }
    }
    /// The records of a reading.
    struct Heard: RecordSink {
        struct Item: Equatable, CustomStringConvertible {
            var path: String
            var name: String
            var isFromClient: Bool
            var bytes: [UInt8]
            var description: String { "\(path) \(name) \(isFromClient ? ">" : "<") \(bytes.count)" }
        }
        /// The port whose connections are kept; nil for all.
        var port: UInt16?
        var items: [Item] = []
        var findings: [Finding] = []
        var remarks: [String] = []
        mutating func note(_ note: CaptureNote) { remarks.append(note.text) }
        mutating func record(_ record: borrowing Capture.Record, _ bytes: RawSpan) {
            findings += record.notes
            guard port.map({ $0 == record.source.port || $0 == record.destination.port }) ?? true else { return }
            items.append(
                Item(
                    path: record.path, name: record.name, isFromClient: record.isFromClient,
                    bytes: bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        /// The complete messages of WebSocket and its frames, with the paths that they have without TLS.
        var webSocket: [Item] {
            items.filter { $0.path.contains("websocket") && !$0.name.hasSuffix(".incomplete") }.map {
                var item = $0
                if item.path.hasPrefix("tls/") { item.path.removeFirst(4) }
                return item
            }
        }
        /// Counts the messages of a name, of one type if it is given.
        func count(_ name: String, type: HandshakeType? = nil) -> Int {
            items.count { item in item.name == name && (type.map { item.bytes[0] == $0.rawValue } ?? true) }
        }
        var violations: [Finding] { findings.filter { $0.severity == .violation } }
        var warnings: [Finding] { findings.filter { $0.severity == .warning } + violations }
    }
    /// Reads packets. `adding`: the secrets become known before the packet at this place.
    static func read(
        _ all: Packets, _ secrets: Secrets, port: UInt16? = nil, without lost: Int? = nil, adding: Int? = nil
    ) -> Heard {
        var webSocket = Definition.webSocket
        webSocket.reading.layers = webSocket.reading.layers?.secured(isBottom: false)
        var table = FlowTable([webSocket, .tls], ReadingOptions(secrets: secrets))
        var heard = Heard(port: port)
        for (i, packet) in all.packets.enumerated() where i != lost {
            if i == adding { for secret in all.secrets.all() { secrets.add(secret) } }
            table.receive(
                Packet(
                    number: i + 1, time: packet.time, length: packet.bytes.count, link: packet.link,
                    bytes: packet.bytes.span.bytes), &heard)
        }
        table.finish(&heard)
        return heard
    }

    @Test(arguments: captures) func messagesInTLSEqualPlainOnes(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let heard = Self.read(all, all.secrets)
        let plain = Self.read(try Packets(wrapped.plain), Secrets(), port: wrapped.port)
        #expect(heard.webSocket == plain.webSocket && heard.webSocket.count > 10)
        #expect(heard.violations.isEmpty && heard.remarks.isEmpty, "\(heard.findings) \(heard.remarks)")
        // Each side's Finished and, at the end of each connection, its close_notify are decrypted.
        #expect(heard.count("tls.handshake", type: .finished) == 2 * wrapped.handshakes)
        #expect(heard.count("tls.client_hello") == wrapped.handshakes)
        let connections = wrapped.name.hasPrefix("resumed") ? 2 : 1
        #expect(
            heard.items.filter { $0.name == "tls.alert" }.map(\.bytes)
                == .init(repeating: [1, 0], count: 2 * connections))
    }
    /// A proxy carries TLS after CONNECT.
    @Test(arguments: captures.filter { $0.handshakes == 1 }, [7, 1000])
    func messagesInTunnelEqualThoseWithout(_ wrapped: Wrapped, _ cut: Int) throws {
        let all = try Packets(wrapped)
        let (heard, plain) = (Self.read(all.inTunnel(cut: cut), all.secrets), Self.read(all, all.secrets))
        let heads = heard.items.prefix(2)
        #expect(heads.map(\.name) == ["http.request", "http.response"])
        #expect(Array(heard.items.dropFirst(2)) == plain.items && plain.items.count > 20)
        #expect(heard.violations.isEmpty && heard.remarks.isEmpty, "\(heard.findings) \(heard.remarks)")
    }
    /// An encrypted alert or Finished is one record, in which nothing is read.
    @Test(arguments: captures) func readsNothingWithoutKeys(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let heard = Self.read(all, Secrets())
        let known = Self.read(all, all.secrets)
        #expect(heard.findings.isEmpty && heard.webSocket.isEmpty, "\(heard.findings)")
        #expect(heard.count("tls.record") == known.count("tls.record"))
        #expect(heard.count("tls.alert") == 0 && heard.count("tls.handshake", type: .finished) == 0)
        #expect(heard.remarks.allSatisfy { $0.contains("encrypted, no key for client random ") })
        #expect(heard.remarks.count == (wrapped.name.hasPrefix("resumed") ? 2 : 1))
    }
    @Test(arguments: captures) func remarksOnWrongKeys(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let wrong = Secrets()
        for secret in all.secrets.all() {
            var bytes = secret.bytes
            bytes[0] ^= 1
            wrong.add(Secret(secret.label, of: secret.connection, bytes))
        }
        let heard = Self.read(all, wrong)
        #expect(heard.findings.isEmpty && heard.webSocket.isEmpty, "\(heard.findings)")
        #expect(!heard.remarks.isEmpty)
        #expect(heard.remarks.allSatisfy { $0.contains("a record does not fit the key for client random ") })
    }
    /// The keys become known before each packet. Before the first packet with data inside, all data is read.
    @Test(arguments: captures) func readsWhatFollowsLateKeys(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let whole = Self.read(all, all.secrets)
        var before = Int.max
        for late in all.withData {
            let heard = Self.read(all, Secrets(), adding: late)
            #expect(heard.warnings.isEmpty, "keys before frame \(late + 1): \(heard.warnings)")
            #expect(heard.webSocket.count <= before, "keys before frame \(late + 1)")
            before = heard.webSocket.count
        }
        guard let first = all.withRecords.first else { return }
        #expect(wrapped.name.contains("tls13") || Self.read(all, Secrets(), adding: first).webSocket == whole.webSocket)
    }
    @Test(arguments: captures) func missingSegmentCausesNoViolation(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        for lost in all.withData {
            for secrets in [all.secrets, Secrets()] {
                let heard = Self.read(all, secrets, without: lost)
                #expect(heard.violations.isEmpty, "without frame \(lost + 1): \(heard.violations)")
            }
        }
    }
    /// A damaged record leaves a gap in what TLS carries. The first one causes a remark, the second one none.
    @Test(arguments: captures) func damagedRecordsCauseNoViolation(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let places = all.withRecords
        for (first, second) in zip(places, places.dropFirst(2)) {
            var damaged = all
            for place in [first, second] { damaged.packets[place].bytes[50] ^= 1 }
            let heard = Self.read(damaged, all.secrets)
            #expect(heard.warnings.isEmpty, "frames \(first + 1) and \(second + 1): \(heard.warnings)")
        }
    }
    /// Any bytes are read without a trap, and what was encrypted is not invented.
    @Test(arguments: captures) func survivesDamage(_ wrapped: Wrapped) throws {
        let all = try Packets(wrapped)
        let places = all.withData
        let whole = Self.read(all, all.secrets).webSocket
        var random = Random(seed: 1)
        for _ in 0..<100 {
            var damaged = all
            for _ in 0..<3 {
                let place = places[Int(random.next() % UInt64(places.count))]
                let at = 40 + Int(random.next() % UInt64(damaged.packets[place].bytes.count - 40))
                damaged.packets[place].bytes[at] = UInt8(truncatingIfNeeded: random.next())
            }
            let heard = Self.read(damaged, all.secrets)
            for item in heard.webSocket where item.name == "websocket.frame" {
                #expect(whole.contains { $0.bytes == item.bytes }, "\(item)")
            }
        }
    }
}
