import Crypto
import Foundation
import Node
import Testing
import VectorFiles
import Wire

@testable import Libp2p

@Suite struct IdentityTests {
    /// Keys of the specification (libp2p specs, peer-ids, test vectors) and their ids.
    static let ids: [(key: String, id: String, cid: String)] = [
        (
            "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e",
            "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq",
            "bafzaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6"
        ),
        (
            "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99",
            "16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY",
            "bafzaajiiaijcca3xo7uzjzcsyilaj6i54cj44qk7kqzpoao5rti2pjx6udtdbp6kte"
        ),
        (
            "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44abf3161f16"
                + "2a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e62",
            "QmVMT29id3TUASyfZZ6k9hmNyc2nYabCo4uMSpDw4zrgDk",
            "bafzbeidigywdclqvl5hxfefwp5onbffcfife7pza57mmfb4tiqmtkdjw64"
        ),
    ]
    @Test func peerIDs() throws {
        for (key, id, cid) in Self.ids {
            let peer = PeerID(of: hex(key))
            #expect(peer.description == id && peer.cid == cid)
            #expect(PeerID(id) == peer && PeerID(cid) == peer && PeerID(peer.bytes) == peer)
            #expect(peer.key == nil || peer.key == hex(key))
            let read = try PublicKey(copying: hex(key))
            #expect(read.isWellFormed && read.encoded() == hex(key))
            #expect(read.verify([], of: []) == false)
        }
        for bad in ["", "1", "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3p0", "Qm", "b", "bafz1", "z123"] {
            #expect(PeerID(bad) == nil, "\(bad)")
        }
        for bad in ["", "00", "0000", "0002aa", "1220aa", "002b" + String(repeating: "00", count: 43)] {
            #expect(PeerID(hex(bad)) == nil, "\(bad)")
        }
    }
    /// A key with reordered fields, longer numbers, extra fields or a wrong length has no id.
    @Test func malformedKeys() throws {
        let good = try PublicKey(copying: hex(Self.ids[0].key))
        var long = good
        long.data = Bytes((good.data?.own ?? []) + [0])
        var extra = good
        extra.unknown.items = [Bytes(hex("1801"))]
        var odd = good
        odd.type = .rsa
        var none = good
        none.type = nil
        for key in [long, extra, odd, none] { #expect(!key.isWellFormed) }
        var point = try PublicKey(copying: hex(Self.ids[1].key))
        #expect(point.isWellFormed)
        point.data = Bytes([4] + (point.data?.own ?? []).dropFirst())
        #expect(!point.isWellFormed)
    }
    @Test func bases() {
        #expect(Base58.text(hex("0000287fb4cd")) == "11233QC4" && Base58.bytes("11233QC4") == hex("0000287fb4cd"))
        #expect(Base58.text([]) == "" && Base58.bytes("0") == nil)
        #expect(Base58.bytes(String(repeating: "1", count: 257)) == nil)
        #expect(Base32.text(Array("foobar".utf8)) == "mzxw6ytboi" && Base32.bytes("mzxw6ytboi") == Array("foobar".utf8))
        #expect(Base32.bytes("mzxw6ytbo") == nil && Base32.bytes("mzxw6ytbp1") == nil && Base32.bytes("mz") == nil)
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base32.bytes(Base32.text(bytes)) == bytes && Base58.bytes(Base58.text(bytes)) == bytes)
        }
    }
    /// The page of a capture decodes addresses itself, by a table of its own.
    @Test func pageKnowsPartsOfMultiaddrs() throws {
        let sources = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources/"
        let file = sources + "Records/CapturePage/Embedded/capture.forms.js"
        let page = try String(contentsOfFile: file, encoding: .utf8)
        let table = try #require(
            page.components(separatedBy: "const MULTIADDR = [").last?.components(separatedBy: "];").first)
        let parts = MultiaddrProtocol.all.map { part in
            let code = String(part.code, radix: 16)
            let size =
                switch part.size {
                case .none: 0
                case .fixed(let count): count
                case .counted: -1
                }
            return "[0x\(code.count % 2 == 0 ? "" : "0")\(code), \"\(part.name)\", \(size)]"
        }
        let words = table.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words == parts.joined(separator: ", ") + ",")
    }
    @Test func multiaddrs() {
        let a = "12D3KooWM1ZE4KRzP3LHnUSSJqrSGUteMonCqTj7e4s6fULPTRS5"
        let cases = [
            ("/ip4/127.0.0.1/tcp/4001", "047f000001060fa1"),
            (
                "/ip4/127.0.0.1/tcp/4001/p2p/\(a)",
                "047f000001060fa1a50326002408011220a64e728a9408f8d53e3b6b960ddfd664a98f07e16e31cd2e676213e8a728a81e"
            ),
            ("/ip6/::1/tcp/4001", "2900000000000000000000000000000001060fa1"),
            ("/dns4/a.example/udp/1/quic-v1", "3609612e6578616d706c6591020001cd03"),
            ("/ip6/::ffff:102:304/tcp/0/ws", "2900000000000000000000ffff01020304060000dd03"),
        ]
        for (text, bytes) in cases {
            #expect(Multiaddr(text)?.bytes == hex(bytes) && Multiaddr(bytes: hex(bytes))?.description == text)
            for count in 0..<hex(bytes).count { _ = Multiaddr(bytes: Array(hex(bytes)[..<count])) }
        }
        #expect(Multiaddr(cases[1].0)?.peer?.description == a && Multiaddr(cases[0].0)?.peer == nil)
        #expect(Multiaddr(cases[0].0)?.endpoint == .loopback(4001))
        for bad in [
            "", "/", "ip4/1.2.3.4", "/ip4", "/ip4/1.2.3", "/ip4/localhost/tcp/1", "/tcp/65536", "/tcp/+1", "/x/1",
        ] {
            #expect(Multiaddr(bad) == nil, "\(bad)")
        }
        // An incomplete address, a number that is not in its shortest form, an unknown number, and an invalid id.
        for bad in ["047f0000", "8400 7f000001", "05", "a50302 0000", "ffffffffffffffffffff01"] {
            #expect(Multiaddr(bytes: hex(bad)) == nil, "\(bad)")
        }
    }
    /// The first and last address of each network that is not public, and their neighbours.
    @Test func localNetworksHaveExactBounds() {
        let local = [
            "ip4/127.0.0.0", "ip4/127.255.255.255", "ip4/10.0.0.0", "ip4/10.255.255.255", "ip4/172.16.0.0",
            "ip4/172.31.255.255", "ip4/192.168.0.0", "ip4/192.168.255.255", "ip4/169.254.0.0", "ip4/169.254.255.255",
            "ip6/::1", "ip6/fe80::", "ip6/febf:ffff::1", "ip6/fc00::", "ip6/fdff:ffff::1", "ip6/::ffff:10.0.0.1",
        ]
        let other = [
            "ip4/126.255.255.255", "ip4/128.0.0.0", "ip4/9.255.255.255", "ip4/11.0.0.0", "ip4/172.15.255.255",
            "ip4/172.32.0.0", "ip4/192.167.255.255", "ip4/192.169.0.0", "ip4/169.253.255.255", "ip4/169.255.0.0",
            "ip4/0.0.0.0", "ip4/8.8.4.4", "ip6/::", "ip6/::2", "ip6/fe7f::1", "ip6/fec0::1", "ip6/fbff::1",
            "ip6/fe00::1", "ip6/2001:db8::1",
        ]
        for (all, isLocal) in [(local, true), (other, false)] {
            for text in all {
                for rest in ["tcp/4001", "udp/4001/quic-v1"] {
                    let host = Multiaddr("/\(text)/\(rest)")?.host
                    #expect(host?.isInLocalNetwork == isLocal && host?.port == 0, "\(text)/\(rest)")
                }
            }
        }
        #expect(Multiaddr("/dns4/a.local/tcp/4001")?.host == nil)
    }
    /// An envelope is good if this identity signed it. It is not good in another domain, or with a changed byte.
    @Test func envelopes() throws {
        let identity = Identity(seed: [UInt8](repeating: 5, count: 32))
        var record = PeerRecord()
        (record.peerID, record.sequence) = (Bytes(identity.peer.bytes), 7)
        var address = RecordAddress()
        address.multiaddr = Multiaddr("/ip4/127.0.0.1/tcp/4001").map { Bytes($0.bytes) }
        record.addresses = [address]
        let envelope = Envelope(record.encoded(), type: PeerRecord.payloadType, in: PeerRecord.domain, identity)
        let read = try Envelope(copying: envelope.encoded())
        #expect(read.isGood(in: PeerRecord.domain) == true && read.isGood(in: PeerRecord.domainOfText) == false)
        let start = read.signed(in: PeerRecord.domain).prefix(23)
        #expect(start == ([18] + Array("libp2p-peer-record".utf8) + [2, 3, 1, UInt8(record.encoded().count)])[...])
        #expect(try PeerRecord(copying: read.payload?.own ?? []) == record)
        var spoilt = read
        spoilt.payload = Bytes((read.payload?.own ?? []) + [0])
        #expect(spoilt.isGood(in: PeerRecord.domain) == false)
        spoilt.publicKey = nil
        #expect(spoilt.isGood(in: PeerRecord.domain) == false)
    }
    /// The primitives compute the values of RFC 8032, section 7.1, test 2; RFC 7748, section 6.1; RFC 5869, test 1.
    @Test func primitives() throws {
        let key = try #require(
            Ed25519(seed: hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")))
        #expect(key.publicKey.hex == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let signature = key.sign([0x72])
        #expect(signature.hex.hasPrefix("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"))
        #expect(Ed25519.verify(publicKey: key.publicKey, message: [0x72], signature: signature))
        #expect(!Ed25519.verify(publicKey: key.publicKey, message: [0x73], signature: signature))
        let (a, b) = (
            hex("77076d0a7318a57d3c16c17251b2664546df4c2f92ebc099c05f2cd2b5e36df5"),
            hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
        )
        let shared = try #require(X25519.publicKey(b).flatMap { X25519.secret(a, $0) })
        #expect(shared == X25519.publicKey(a).flatMap { X25519.secret(b, $0) })
        let ikm = [UInt8](repeating: 0x0b, count: 22)
        let okm = HKDFSHA256.derive(
            ikm, salt: hex("000102030405060708090a0b0c"), info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(
            okm.hex == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    }
}
