import Crypto
import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

/// Returns the bytes of hexadecimal text with spaces.
private func hex(_ text: String) -> [UInt8] { [UInt8](hex: text.filter { $0 != " " }) ?? [] }

@Suite struct MessageTests {
    /// The identity whose seed is the SHA-256 of `meshspec-A`.
    let identity = Identity(seed: SHA256.hash(Array("meshspec-A".utf8)))
    private func message() -> PublishedMessage {
        var message = PublishedMessage()
        message.data = Bytes(Array("hello".utf8))
        message.sequence = Bytes([0, 0, 0, 0, 0, 0, 0, 1])
        message.topic = "BTC/USDT"
        return message
    }
    /// The signature is the one that py-libp2p creates and accepts.
    @Test func signature() throws {
        #expect(identity.peer.description == "12D3KooWM1ZE4KRzP3LHnUSSJqrSGUteMonCqTj7e4s6fULPTRS5")
        let signed = message().signed(by: identity)
        #expect(
            signed.signature?.own?.hex
                == "bd83f7f6acb557b2c6f386d950f4ca8a327476b5ee7ab91162430baee34326726b193375c6e7e4b500092f1f0f91447b449e48"
                + "1c42498058992ca263e3a5ff09")
        #expect(signed.defaultID == identity.peer.bytes + [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(signed.isSigned == true && message().signed(by: identity, withKey: true).isSigned == true)
        #expect(message().isSigned == false)
        var other = signed
        other.data = Bytes([0])
        #expect(other.isSigned == false)
        other = signed
        other.key = Bytes(Identity(seed: [UInt8](repeating: 1, count: 32)).publicKey.encoded())
        #expect(other.isSigned == false)
    }
    /// An unknown field is signed with the others at its place, and is kept when the message is encoded again.
    @Test func unknownFieldsAreSigned() throws {
        var odd = message()
        odd.unknown.items = [Bytes(hex("3a0161"))]
        let signed = odd.signed(by: identity, withKey: true)
        let read = try PublishedMessage(copying: signed.encoded())
        #expect(read.isSigned == true && read.encoded() == signed.encoded())
        var without = read
        without.unknown = Unknown()
        #expect(without.isSigned == false)
    }
    /// Topics and ids that are not UTF-8 keep their bytes.
    @Test func bytesAreKept() {
        let bytes = hex("08 0a06 0801 1202 ff00")
        #expect(RPC.check(bytes) == nil)
        let rpc = try? RPC(copying: bytes)
        #expect(rpc?.rpc.subscriptions.first?.topic?.bytes.own == [0xff, 0] && rpc?.encoded() == bytes)
    }
    /// Scenarios wait for what an RPC carries, with its own bytes and in its own order.
    @Test func contentOfRPC() {
        // IWANT before a GRAFT in one control message, a message with an unknown field, a subscription, another GRAFT.
        let bytes = hex("1b 1a0a 1203 0a01aa 1a03 0a0174 1205 1201 62 3800 0a02 0801 1a02 1a00")
        let parts = InnerMessages.gossipsub.open(bytes)
        #expect(
            parts.map { "\($0.type.name) \($0.bytes.hex)" } == [
                "gossipsub.iwant 0a01aa", "gossipsub.graft 0a0174", "gossipsub.message 1201623800",
                "gossipsub.subscription 0801", "gossipsub.graft ",
            ])
        #expect(InnerMessages.gossipsub.open([0x05, 1, 2]).isEmpty && InnerMessages.gossipsub.open([]).isEmpty)
    }
    /// The framing finds RPCs by their length alone, at any cut. It refuses more than 1 MiB before the content arrives.
    @Test func framing() {
        var framing = PrefixedFraming(RPC.self, limit: RPC.limit)
        func next(_ bytes: [UInt8]) -> String {
            switch framing.next(bytes.span.bytes) {
            case .message(_, let length): "\(length)"
            case .needMore(let count): "+\(count)"
            case .refused(let error): error.path
            }
        }
        #expect(next([]) == "+1" && next([0]) == "1" && next([3, 1]) == "+2" && next([3, 1, 2, 3, 9]) == "4")
        #expect(
            next([0x80]) == "+1" && next([0x80, 0x80, 0x40]) == "+1048576" && next([0x81, 0x80, 0x40]) == "length")
        #expect(next([0x80, 0]) == "length" && next([UInt8](repeating: 0x80, count: 9)) == "length")
    }
}
