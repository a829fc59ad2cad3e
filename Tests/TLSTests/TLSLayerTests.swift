import Node
import Testing
import Wire

@testable import TLS

/// The output of a layer for records: the names of units, the carried bytes by channel, and other output.
struct Seen: Equatable {
    var units: [String] = []
    var handshake: [UInt8] = []
    var alerts: [UInt8] = []
    var data: [UInt8] = []
    var speaks: [String] = []
    var ends: [Opener] = []
    var remarks: [String] = []

    /// Reads streams with a cut at any place.
    init(_ records: [(Opener, [UInt8])], _ secrets: Secrets?, cut: Int = .max) {
        var layer = TLSLayer(secrets)
        var kept: [Opener: [UInt8]] = [:]
        for (side, bytes) in records {
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + min(cut, bytes.count))
                kept[side, default: []] += bytes[at..<end]
                at = end
                take(&layer, side, &kept[side, default: []])
            }
        }
    }
    private mutating func take(_ layer: inout TLSLayer, _ side: Opener, _ bytes: inout [UInt8]) {
        while !bytes.isEmpty {
            var output = LayerOutput()
            guard case .unit(let type, let length) = layer.next(bytes.span.bytes, from: side, into: &output) else {
                return
            }
            units.append(type.name.description)
            for item in output.items {
                switch item {
                case .begins(_, _, let name): speaks.append(name ?? "")
                case .lent(let channel, _), .made(let channel, _, _):
                    let unit = Array(bytes[..<length])
                    let content = output.withBytes(of: item, in: unit.span.bytes) { $0.withUnsafeBytes { [UInt8]($0) } }
                    switch channel {
                    case .first: data += content
                    case TLSLayer.alerts: alerts += content
                    default: handshake += content
                    }
                case .ends(_, let by, _): ends.append(by)
                default: break
                }
            }
            if let remark = output.remark { remarks.append(remark) }
            bytes.removeFirst(length)
        }
    }
}

@Suite struct TLSLayerTests {
    @Test func keysOfRFC8448() throws {
        let server = try #require(TrafficKeys(.aes128GCM, secret: RFC8448.serverHandshake))
        #expect(server.key.hex == "3fce516009c21727d0f2e4e86ee403bc")
        #expect(server.iv.hex == "5d313eb2671276ee13000b30")
        let client = try #require(TrafficKeys(.aes128GCM, secret: RFC8448.clientApplication))
        #expect(client.key.hex == "17422dda596ed5d9acd890e3c63f5051")
        #expect(client.iv.hex == "5b78923dee08579033e523d9")
        #expect(TrafficKeys(.aes256GCM, secret: RFC8448.clientApplication) == nil)
    }
    /// The first bytes of a handshake message that is never complete.
    @Test func memoryOfWhatWaits() {
        var layer = TLSLayer(nil)
        var output = LayerOutput()
        let record: [UInt8] = [22, 3, 3, 0, 100, 1, 0, 1, 0] + [UInt8](repeating: 0, count: 96)
        guard case .unit(_, 105) = layer.next(record.span.bytes, from: .us, into: &output) else {
            Issue.record("no record")
            return
        }
        #expect(layer.memory == 100)
        layer.lose(.us)
        #expect(layer.memory == 0)
    }
    @Test func connectionOfRFC8448() {
        let seen = Seen(RFC8448.records, RFC8448.secrets())
        #expect(seen.units == [String](repeating: "tls.record", count: 6))
        #expect(seen.data == RFC8448.data)
        #expect(seen.speaks == ["tls.handshake", "tls", "tls.alert"])
        #expect(seen.alerts == [1, 0])
        #expect(seen.ends == [.us])
        #expect(seen.remarks.isEmpty)
        // Both hellos, the contents of the server's flight, and the client's Finished.
        #expect(seen.handshake.count == 196 + 90 + 657 + 36)
    }
    @Test func cutAtEveryByte() {
        let whole = Seen(RFC8448.records, RFC8448.secrets())
        #expect(Seen(RFC8448.records, RFC8448.secrets(), cut: 1) == whole)
        #expect(Seen(RFC8448.records, RFC8448.secrets(), cut: 7) == whole)
    }
    @Test func withoutKeys() {
        let seen = Seen(RFC8448.records, nil)
        #expect(seen.units.count == 6)
        #expect(seen.data.isEmpty)
        #expect(seen.speaks == ["tls.handshake"])
        #expect(seen.remarks == ["encrypted, no key for client random \(RFC8448.random.hex)"])
    }
    /// The records of the handshake remain encrypted. The layer reads the records after it.
    @Test func withoutHandshakeKeys() {
        let left: Set = ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"]
        let seen = Seen(RFC8448.records, RFC8448.secrets(without: left))
        #expect(seen.data == RFC8448.data)
        #expect(seen.handshake.count == 196 + 90)
    }
    @Test func wrongKeys() {
        let secrets = RFC8448.secrets(without: ["CLIENT_TRAFFIC_SECRET_0"])
        secrets.add(Secret("CLIENT_TRAFFIC_SECRET_0", of: RFC8448.random, RFC8448.serverApplication))
        let seen = Seen(RFC8448.records, secrets)
        #expect(seen.data.isEmpty)
        #expect(seen.remarks == ["a record does not fit the key for client random \(RFC8448.random.hex)"])
    }
    /// A record is missing. The layer finds the next one by its number.
    @Test func lostRecord() {
        var layer = TLSLayer(RFC8448.secrets())
        var output = LayerOutput()
        for (side, record) in RFC8448.records where record != RFC8448.clientData {
            if record == RFC8448.clientAlert { layer.lose(.us) }
            output.clear()
            _ = layer.next(record.span.bytes, from: side, into: &output)
        }
        #expect(output.made.last == 21)
    }
    @Test func damagedRecordIsPassedOver() {
        var records = RFC8448.records
        records[4].1[20] ^= 1
        let seen = Seen(records, RFC8448.secrets())
        #expect(seen.data.isEmpty)
        #expect(seen.units.count == 6)
    }
    /// Unencrypted alerts belong to a failed handshake, even if the other side already encrypts.
    @Test func alertsInTheClear() throws {
        let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 40]
        let refused = Seen([(.us, RFC8448.clientHello), (.them, alert)], nil)
        #expect(refused.speaks == ["tls.handshake", "tls.alert"] && refused.alerts == [2, 40])
        let late = Seen([(.us, RFC8448.clientHello), (.them, RFC8448.serverHello), (.us, alert)], nil)
        #expect(late.alerts == [2, 40] && late.ends.isEmpty)
        let told = try Alert(copying: [2, 40])
        #expect(told.level == .fatal && told.encoded() == [2, 40])
        let fields = Alert.dissect([2, 40]).fields(in: ([2, 40] as [UInt8]).span.bytes)
        #expect(fields["level"] == "fatal" && fields["description"] == "handshake_failure")
    }
    /// After bytes that are not a record, the next record is found at the same place, regardless of the bytes after it.
    @Test func searchTurnsOnNoCut() {
        let bytes: [UInt8] = [0, 0x15, 3, 3, 0, 2, 2, 40, 0, 6, 0, 0x14, 3, 3, 0, 5, 1]
        for count in 6...bytes.count {
            #expect(RecordHeader.search(Array(bytes[..<count]).span.bytes) == 1, "\(count)")
        }
    }
    @Test(arguments: [[0x17, 0x04], [0x00], [0x47, 0x45, 0x54], [0x16, 0x03, 0x01, 0x48, 0x01]] as [[UInt8]])
    func refused(_ bytes: [UInt8]) {
        var layer = TLSLayer()
        var output = LayerOutput()
        guard case .refused = layer.next(bytes.span.bytes, from: .us, into: &output) else {
            Issue.record("is taken")
            return
        }
    }
    @Test func neverTraps() {
        var random = Random(seed: 1)
        for _ in 0..<3000 {
            var records = RFC8448.records
            for _ in 0..<3 {
                let i = Int(random.next() % UInt64(records.count))
                let at = Int(random.next() % UInt64(records[i].1.count))
                records[i].1[at] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = Seen(records, RFC8448.secrets())
        }
    }
    @Test func messages() throws {
        let hello = Array(RFC8448.clientHello.dropFirst(5))
        let told = try ClientHello(copying: hello)
        #expect(told.header.random.array == RFC8448.random)
        #expect(told.offer.suites == [.aes128GCM, .chaCha20Poly1305, .aes256GCM])
        #expect(told.offer.extensions?.entries.first?.serverName?.host.string(in: RawSpan()) == "server")
        #expect(told.offer.extensions?.entries.compactMap(\.versions).first?.offered == [.tls13])
        #expect(told.encoded() == hello)
        let answer = Array(RFC8448.serverHello.dropFirst(5))
        let server = try ServerHello(copying: answer)
        #expect(server.chosen == .tls13)
        #expect(server.suite == .aes128GCM)
        #expect(server.encoded() == answer)
        for count in 0..<hello.count {
            #expect(ClientHello.check(Array(hello.prefix(count))) != nil)
        }
        var built = ClientHello()
        var name = Extension()
        (name.type, name.serverName) = (.serverName, ServerName())
        name.serverName?.host = "a.example"
        var list = ExtensionList()
        list.entries = [name]
        built.offer.extensions = list
        let again = try ClientHello(copying: built.encoded())
        #expect(again.offer.extensions?.entries.first?.serverName?.host.string(in: RawSpan()) == "a.example")
        #expect(try Record(copying: RFC8448.clientHello).encoded() == RFC8448.clientHello)
    }
}
