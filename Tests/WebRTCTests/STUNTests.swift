import Crypto
import Node
import TestMessages
import Testing
import WebRTC
import Wire

@Suite struct STUNTests {
    /// The messages of RFC 5769, sections 2.1 to 2.3, under this password.
    static let password = Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)
    static let request =
        [UInt8](
            hex: """
                000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff\
                80290008932ff9b151263b36000600096576746a3a68367659202020\
                000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf
                """) ?? []
    static let answer =
        [UInt8](
            hex: """
                0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643\
                000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96
                """) ?? []
    static let answerIPv6 =
        [UInt8](
            hex: """
                010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220\
                002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9\
                00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c
                """) ?? []
    static let all = [request, answer, answerIPv6]

    @Test func readsRequestOfRFC5769() throws {
        let message = try STUNMessage(copying: Self.request)
        #expect(message.type == .bindingRequest && message.type.messageClass == .request && message.type.method == 1)
        #expect(message.transaction.array.hex == "b7e7a701bc34d686fa87dfae")
        #expect(message[.username]?.text?.string(in: RawSpan()) == "evtj:h6vY")
        #expect(message[.software]?.text?.string(in: RawSpan()) == "STUN test client")
        #expect(message[.priority]?.priority == 0x6e00_01ff)
        #expect(message[.iceControlled]?.tieBreaker == 0x932f_f9b1_5126_3b36)
        #expect(message[.useCandidate] == nil && message.mappedAddress == nil)
    }
    @Test func readsAddressesOfRFC5769() throws {
        let message = try STUNMessage(copying: Self.answer)
        #expect(message.type == .bindingSuccess && message.type.messageClass == .success)
        #expect(message.mappedAddress == Endpoint("192.0.2.1:32853"))
        let second = try STUNMessage(copying: Self.answerIPv6)
        #expect(second.mappedAddress == Endpoint("[2001:db8:1234:5678:11:2233:4455:6677]:32853"))
    }
    @Test(arguments: all) func checksIntegrityAndFingerprint(_ bytes: [UInt8]) {
        #expect(STUNIntegrity.isSigned(bytes.span.bytes, key: Self.password) == true)
        #expect(STUNIntegrity.hasFingerprint(bytes.span.bytes) == true)
        #expect(STUNIntegrity.isSigned(bytes.span.bytes, key: Array("other".utf8)) == false)
        for i in bytes.indices {
            var changed = bytes
            changed[i] ^= 1
            // The first bytes decide that it is STUN, and the fingerprint covers all before itself.
            #expect(STUNIntegrity.hasFingerprint(changed.span.bytes) != true, "\(i)")
            if i < bytes.count - 8 {
                #expect(STUNIntegrity.isSigned(changed.span.bytes, key: Self.password) != true, "\(i)")
            }
        }
    }
    @Test(arguments: all) func writesWhatItReads(_ bytes: [UInt8]) throws {
        #expect(STUNMessage.dissect(bytes).error == nil && STUNMessage.dissect(bytes).notes == [])
        let message = try STUNMessage(copying: bytes)
        #expect(message.encoded() == bytes)
        for count in bytes.indices { #expect(STUNMessage.check(Array(bytes[..<count])) != nil, "\(count)") }
    }
    @Test func signsLikeRFC5769() throws {
        // Its padding has spaces, which the HMAC covers, so the padding of the answer is kept.
        let message = try STUNMessage(copying: Self.answer)
        #expect(message.encoded(signedWith: Self.password) == Self.answer)
        var new = STUNMessage(.bindingRequest, message.transaction, [STUNAttribute(.username, text: "a:b")])
        new.attributes.append(STUNAttribute(.useCandidate))
        let bytes = new.encoded(signedWith: Self.password)
        #expect(STUNIntegrity.isSigned(bytes.span.bytes, key: Self.password) == true)
        #expect(STUNIntegrity.hasFingerprint(bytes.span.bytes) == true)
        let plain = new.encoded(signedWith: nil)
        #expect(STUNIntegrity.isSigned(plain.span.bytes, key: Self.password) == nil)
        #expect(STUNIntegrity.hasFingerprint(plain.span.bytes) == true)
    }
    @Test func ignoresAttributesAfterIntegrity() throws {
        var message = STUNMessage(.bindingRequest, Fixed(), [STUNAttribute(hmac: Fixed())])
        message.attributes += [STUNAttribute(.username, text: "late"), STUNAttribute(crc: 1)]
        let read = try STUNMessage(copying: message.encoded())
        #expect(read[.username] == nil && read[.fingerprint]?.crc == 1 && read.attributes.count == 3)
    }
    @Test func keepsUnknownAttributesAndWrongLengths() throws {
        let unknown = STUNAttribute(STUNAttributeType(rawValue: 0x7abc), data: [1, 2, 3, 4, 5])
        let short = STUNAttribute(.priority, data: [1, 2])
        let bytes = STUNMessage(.bindingRequest, Fixed(), [unknown, short]).encoded()
        let read = try STUNMessage(copying: bytes)
        #expect(read.attributes[0].data == Bytes([1, 2, 3, 4, 5]) && read.unknownRequired == [0x7abc])
        #expect(read[.priority]?.priority == nil && read.encoded() == bytes)
    }
    @Test func codesErrors() throws {
        let error = STUNAttribute(error: STUNError.roleConflict, "Role Conflict")
        let read = try STUNMessage(copying: STUNMessage(.bindingError, Fixed(), [error]).encoded())
        #expect(read[.errorCode]?.error?.code == 487)
        #expect(read[.errorCode]?.error?.reason.string(in: RawSpan()) == "Role Conflict")
    }
    @Test func survivesMutantsAndRandomBytes() {
        for bytes in Self.all {
            for mutant in STUNMessage.mutants(of: bytes) {
                let tree = STUNMessage.dissect(mutant.bytes)
                #expect((tree.error == nil) == (STUNMessage.check(mutant.bytes) == nil), "\(mutant.path)")
                _ = STUNIntegrity.isSigned(mutant.bytes.span.bytes, key: Self.password)
                _ = STUNIntegrity.hasFingerprint(mutant.bytes.span.bytes)
            }
        }
        var random = Random(seed: 1)
        for count in 0..<2000 {
            var bytes = random.bytes(count % 200)
            // A valid header makes the attributes reachable.
            if bytes.count >= 20, count % 2 == 0 {
                bytes.replaceSubrange(
                    0..<8, with: [0, 1, 0, UInt8(bytes.count - 20 & 0xfc), 0x21, 0x12, 0xa4, 0x42])
                bytes.removeLast((bytes.count - 20) & 3)
            }
            if let again = STUNMessage.reencode(bytes) { #expect(again.count == bytes.count) }
            _ = STUNIntegrity.hasFingerprint(bytes.span.bytes)
            _ = STUNIntegrity.isSigned(bytes.span.bytes, key: [1])
        }
    }
    @Test func roundTrip() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = Random(seed: seed)
            func endpoint() -> Endpoint {
                random.next() % 2 == 0
                    ? Endpoint(v4: UInt32(truncatingIfNeeded: random.next()), port: 7)
                    : Endpoint(high: random.next() | 1 << 63, low: random.next(), port: 9)
            }
            let transaction = Fixed<12>(random.bytes(12)) ?? Fixed()
            let (plain, masked) = (endpoint(), endpoint())
            let message = STUNMessage(
                .bindingSuccess, transaction,
                [
                    STUNAttribute(mapped: plain), STUNAttribute(xorMapped: masked, in: transaction),
                    STUNAttribute(.software, text: String(repeating: "x", count: Int(seed % 9))),
                ])
            let read = try STUNMessage(copying: message.encoded())
            #expect(read.mappedAddress == masked && read.attributes[0].address?.endpoint == plain)
            #expect(read.encoded() == message.encoded())
        }
    }
}
