import Node
import TestMessages
import Testing
import Wire

@testable import TLS

@Suite struct DTLSTests {
    /// Returns a record with the content of a handshake.
    static func record(_ content: [UInt8], sequence: UInt64, type: ContentType = .handshake) -> [UInt8] {
        var record = DTLSRecord()
        (record.type, record.sequence, record.fragment) = (type, sequence, Bytes(content))
        return record.encoded()
    }
    /// Returns a part of a handshake message in the form of TLS.
    static func fragment(_ message: [UInt8], number: UInt16, _ range: Range<Int>) -> [UInt8] {
        var fragment = HandshakeFragment()
        fragment.type = HandshakeType(rawValue: message[0])
        (fragment.length, fragment.number) = (UInt32(message.count - 4), number)
        let body = message[(4 + range.lowerBound)..<(4 + range.upperBound)]
        (fragment.offset, fragment.fragment) = (UInt32(range.lowerBound), Bytes(Array(body)))
        return fragment.encoded()
    }
    static let hello: [UInt8] = {
        var hello = DTLSClientHello()
        hello.header.random = Key32(repeating: 9)
        hello.cookie = Bytes([1, 2, 3])
        hello.offer.suites = [CipherSuite(rawValue: 0xc02b)]
        hello.offer.compression = Bytes([0])
        return hello.encoded()
    }()

    @Test func readsHelloWithCookie() throws {
        let hello = try DTLSClientHello(copying: Self.hello)
        #expect(hello.cookie == Bytes([1, 2, 3]) && hello.offer.suites == [CipherSuite(rawValue: 0xc02b)])
        #expect(hello.header.version == .dtls12 && hello.encoded() == Self.hello)
        for count in Self.hello.indices { #expect(DTLSClientHello.check(Array(Self.hello.prefix(count))) != nil) }
        var request = HelloVerifyRequest()
        request.cookie = Bytes([7, 8])
        #expect(HelloVerifyRequest.reencode(request.encoded()) == request.encoded())
    }
    @Test func joinsFragmentsInAnyOrder() {
        let count = Self.hello.count - 4
        for seed in 0..<200 as Range<UInt64> {
            var random = Random(seed: seed)
            // Parts of random length overlap, and each comes twice.
            var parts: [Range<Int>] = []
            var at = 0
            while at < count {
                let end = min(count, at + 1 + Int(random.next() % 12))
                parts.append(max(0, at - Int(random.next() % 4))..<end)
                at = end
            }
            parts += parts
            for i in parts.indices.dropFirst() { parts.swapAt(i, Int(random.next() % UInt64(i + 1))) }
            var assembly = HandshakeAssembly()
            var whole: [[UInt8]] = []
            for part in parts {
                whole += assembly.receive(Self.fragment(Self.hello, number: 3, part).span.bytes) ?? []
            }
            #expect(whole == [Self.hello] && assembly.memory == 0, "seed \(seed)")
        }
    }
    @Test func findsClientAndRandom() {
        var association = DTLSAssociation(nil)
        var out: [UInt8] = []
        let record = Self.record(Self.fragment(Self.hello, number: 0, 0..<Self.hello.count - 4), sequence: 0)
        #expect(DTLSAssociation.clientRandom(of: record.span.bytes) == [UInt8](repeating: 9, count: 32))
        guard case .handshake(let messages) = association.receive(record.span.bytes, from: .them, into: &out) else {
            Issue.record("no handshake")
            return
        }
        #expect(messages == [Self.hello] && association.client == .them)
        guard case .repeated = association.receive(record.span.bytes, from: .them, into: &out) else {
            Issue.record("not repeated")
            return
        }
    }
    @Test func remembersNumbersOfRecords() {
        var window = ReplayWindow()
        var known: Set<UInt64> = []
        var random = Random(seed: 1)
        var high: UInt64 = 0
        for _ in 0..<20_000 {
            let number = high + random.next() % 40 &+ 1 &- min(high, random.next() % 900)
            high = max(high, number)
            #expect(window.insert(number) == known.insert(number).inserted, "\(number) of \(high)")
        }
        #expect(window.insert(high + 5000) && !window.insert(high + 5000) && window.insert(0))
    }
    @Test func survivesRandomRecords() {
        var random = Random(seed: 5)
        for count in 0..<3000 {
            var association = DTLSAssociation(Secrets())
            var out: [UInt8] = []
            let bytes = (0..<count % 90).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let types = [ContentType.handshake, .alert, .applicationData, .changeCipherSpec]
            var record = Self.record(bytes, sequence: 1, type: types[count % 4])
            record[4] = UInt8(count / 4 % 3)
            #expect(DTLSRecord.size(of: record.span.bytes) == record.count)
            _ = association.receive(record.span.bytes, from: .us, into: &out)
            _ = association.sender(of: record.span.bytes)
            #expect(DTLSRecord.size(of: record.span.bytes.extracting(0..<record.count - 1)) == nil)
        }
    }
    @Test func claimedLengthCostsNoMemory() {
        var fragment = HandshakeFragment()
        (fragment.length, fragment.fragment) = (100_000, Bytes([1]))
        var assembly = HandshakeAssembly()
        for number in 0..<1000 as Range<UInt16> {
            fragment.number = number
            _ = assembly.receive(fragment.encoded().span.bytes)
        }
        #expect(assembly.memory < 1000)
    }
}
