import COpenSSL
import Node
import Testing
import Wire

@testable import TLS

/// Tests of TLS 1.2 after records that could not be read. The client sends records of one byte.
struct LostRecordTests {
    private static let random = [UInt8](repeating: 7, count: 32)
    private static let master = [UInt8](repeating: 3, count: 48)
    private static let serverHello: ServerHello = {
        var hello = ServerHello()
        hello.suite = CipherSuite(rawValue: 0xc02f)
        return hello
    }()
    private static func record(_ type: ContentType, _ content: [UInt8]) -> [UInt8] {
        var record = Record()
        record.type = type
        record.fragment = Bytes(content)
        return record.encoded()
    }
    /// Returns a record with AES-128-GCM. Its nonce is its number plus 1000.
    private static func sealed(_ byte: UInt8, _ type: ContentType = .applicationData, number: UInt64) -> [UInt8] {
        let negotiation = Negotiation(serverHello, clientRandom: random)
        guard let keys = TrafficKeys(negotiation, master: master, isClient: true), let context = EVP_CIPHER_CTX_new()
        else { return [] }
        defer { EVP_CIPHER_CTX_free(context) }
        func bytes(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
        var (out, tag, done) = ([byte], [UInt8](repeating: 0, count: 16), 0 as Int32)
        let additional = bytes(number) + [type.rawValue, 3, 3, 0, 1]
        EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, keys.key, keys.iv + bytes(number + 1000))
        EVP_EncryptUpdate(context, nil, &done, additional, Int32(additional.count))
        EVP_EncryptUpdate(context, &out, &done, [byte], 1)
        EVP_EncryptFinal_ex(context, nil, &done)
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag)
        return record(type, bytes(number + 1000) + out + tag)
    }
    /// A connection after both hellos.
    private struct Connection {
        let secrets = Secrets()
        var layer: TLSLayer
        var data: [UInt8] = []
        var alerts = 0
        /// The number of data bytes before each gap.
        var gaps: [Int] = []

        init(isKnown: Bool = true) {
            layer = TLSLayer(secrets)
            if isKnown { learn() }
            var client = ClientHello()
            client.header.random = Key32(repeating: 7)
            read(record(.handshake, client.encoded()))
            read(record(.handshake, serverHello.encoded()), from: .them)
        }
        func learn() { secrets.add(Secret("CLIENT_RANDOM", of: random, master)) }
        mutating func read(_ record: [UInt8], from side: Opener = .us) {
            var output = LayerOutput()
            guard case .unit = layer.next(record.span.bytes, from: side, into: &output) else {
                Issue.record("no record")
                return
            }
            for item in output.items {
                switch item {
                case .made(.first, let range, _): data += output.made[range]
                case .misses(.first): gaps.append(data.count)
                case .lent(TLSLayer.alerts, _), .made(TLSLayer.alerts, _, _): alerts += 1
                default: break
                }
            }
        }
        mutating func changeCipherSpec() { read(record(.changeCipherSpec, [1])) }
    }

    @Test func findsPlaceAfterManyLostRecordsByNonce() {
        var connection = Connection()
        connection.changeCipherSpec()
        for number in 0..<3 as Range<UInt64> { connection.read(Self.sealed(UInt8(number), number: number)) }
        connection.layer.lose(.us)
        connection.read(Self.sealed(9, number: 5000))
        connection.read(Self.sealed(10, number: 5001))
        #expect(connection.data == [0, 1, 2, 9, 10] && connection.gaps == [3])
    }
    @Test func countsRecordsUntilKeysAreKnown() {
        var connection = Connection(isKnown: false)
        connection.changeCipherSpec()
        for number in 0..<1000 as Range<UInt64> { connection.read(Self.sealed(1, number: number)) }
        connection.learn()
        for number in 1000..<1100 as Range<UInt64> { connection.read(Self.sealed(2, number: number)) }
        // The key is looked for at the record 1024.
        #expect(connection.data.count == 76 && connection.gaps == [0])
    }
    /// The first record after ChangeCipherSpec carries no data, so that nothing is missing without it.
    @Test func missesNothingIfOnlyFinishedIsUnread() {
        var connection = Connection(isKnown: false)
        connection.changeCipherSpec()
        connection.read(Self.sealed(20, .handshake, number: 0))
        connection.learn()
        connection.read(Self.sealed(5, number: 1))
        #expect(connection.data == [5] && connection.gaps.isEmpty)
    }
    @Test(arguments: [ContentType.applicationData, .alert]) func decryptsAfterLostChangeCipherSpec(
        _ type: ContentType
    ) {
        var connection = Connection()
        connection.layer.lose(.us)
        connection.read(Self.sealed(5, type, number: 2))
        connection.read(Self.sealed(6, number: 3))
        #expect(connection.data == (type == .alert ? [6] : [5, 6]) && connection.alerts == (type == .alert ? 1 : 0))
    }
    /// After missing bytes, an alert of more than two bytes may be encrypted.
    @Test func readsNoAlertThatMayBeEncrypted() {
        var connection = Connection(isKnown: false)
        connection.layer.lose(.us)
        connection.read(Self.sealed(1, .alert, number: 2))
        #expect(connection.alerts == 0)
        connection.read(Self.record(.alert, [1, 0]))
        #expect(connection.alerts == 1)
    }
    @Test func opensNoRecordOfAnotherNumber() {
        var connection = Connection()
        connection.changeCipherSpec()
        connection.read(Self.sealed(1, number: 0))
        connection.read(Self.sealed(2, number: 2))
        #expect(connection.data == [1])
    }
}
