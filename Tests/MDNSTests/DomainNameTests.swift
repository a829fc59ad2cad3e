import Testing
import Wire

@testable import MDNS

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("_p2p._udp.local", "045f703270045f756470056c6f63616c00"), (".", "00"), ("a.", "016100"),
        ("a\\.b.c", "03612e62016300"), ("\\007\\255", "0207ff00"), ("peer.@12", "0470656572c00c"), ("@16383", "ffff"),
        ("\\@12", "0340313200"), ("é", "02c3a900"), ("0xc00c", "06307863303063" + "00"),
    ])
    func readsText(_ text: String, _ hex: String) throws {
        let name = try #require(DomainName(.text(text)))
        #expect(name.bytes.own == [UInt8](hex: Substring(hex)))
    }
    @Test(arguments: [
        "", "a..b", ".a", "@", "@16384", "@x", "a\\", "a\\12", "\\256", String(repeating: "a", count: 64),
    ])
    func refusesText(_ text: String) { #expect(DomainName(.text(text)) == nil) }

    @Test(arguments: [
        [Array("_p2p".utf8), Array("local".utf8)], [[0x2e, 0x5c], [0, 0x20, 0x7f, 0x80]], [Array("@1".utf8)],
        [[0xc3, 0xa9], [0xff]], [],
    ])
    func writesTextThatItReads(_ labels: [[UInt8]]) throws {
        let name = DomainName(labels: labels)
        guard case .text(let text) = name.value(in: RawSpan()) else { return }
        #expect(DomainName(.text(text)) == name, "\(text)")
        #expect(name.labels == labels)
    }
    @Test func comparesWithoutCase() {
        #expect(("_P2P._UDP.Local" as DomainName).isSame(as: "_p2p._udp.local"))
        #expect(!("_p2p._udp.locam" as DomainName).isSame(as: "_p2p._udp.local"))
        // Names that cannot be followed equal none.
        #expect(!("@12" as DomainName).isSame(as: "@12"))
        // Other letters have a case too, but not here.
        #expect(!("É" as DomainName).isSame(as: "é"))
    }
    /// A name that may have 255 bytes has 128 pointers, each to the name before it.
    @Test func followsManyPointers() throws {
        let one: [UInt8] = [1, 0x61]
        var bytes: [UInt8] = Array(repeating: 0, count: 5) + [127] + Array(repeating: 0, count: 6)
        bytes += one + [0, 0, 12, 0, 1]
        var last = 12
        for _ in 0..<126 {
            let here = bytes.count
            bytes += one + [0xc0 | UInt8(last >> 8), UInt8(last & 255), 0, 12, 0, 1]
            last = here
        }
        let message = try DNSMessage(copying: bytes.span.bytes)
        #expect(message.questions.last?.name.labels.count == 127)
        #expect(message.questions.last?.name.text.utf8.count == 253)
        // One more label makes the name too long.
        bytes[5] = 128
        bytes += one + [0xc0 | UInt8(last >> 8), UInt8(last & 255), 0, 12, 0, 1]
        #expect(DNSMessage.check(bytes)?.path == "questions[127].name")
    }
    /// The target of a record is a field of its own length, which a pointer leaves.
    @Test func followsPointerOutOfRecord() throws {
        var message = DNSMessage(answers: [ResourceRecord("_p2p._udp.local", ptr: "peer.@12", ttl: 1)])
        let read = try DNSMessage(copying: message.encoded().span.bytes)
        #expect(read.answers[0].ptr?.target.text == "peer._p2p._udp.local")
        message.answers[0].ptr?.target = "peer.@60"
        #expect(DNSMessage.check(message.encoded())?.path == "answers[0].ptr.target")
    }
    @Test func namesItsOwnBytesIfThePointerIsWrong() {
        var message = DNSMessage([Question("_p2p._udp.local", .ptr), Question("a.@12", .ptr)])
        message.questions[1].name = "a.@600"
        let bytes = message.encoded()
        let tree = DNSMessage.dissect(bytes)
        #expect(tree.fields(in: bytes.span.bytes)["questions"]?.at(1)?["name"] == .text("a.@600"))
    }
}

extension Value {
    fileprivate func at(_ i: Int) -> Value? {
        guard case .list(let items) = self, items.indices.contains(i) else { return nil }
        return items[i]
    }
}
