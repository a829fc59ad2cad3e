import Nano
import Node
import RightMesh
import Testing
import Wire

/// The results of the examples of messages. The bytes are from Vectors/.
struct MessageExampleTests {
    @Test func wire() throws {
        let bytes = greeting("hello")
        #expect(bytes == [1, 0x1b, 0xa3, 5] + "hello".utf8)
        #expect(try greetingAsJSON(bytes) == #"{"version":1,"port":7075,"length":5,"text":"hello"}"#)
        #expect(greetingFields(bytes) == ["version 0..<1", "port 1..<3", "length 3..<4", "text 4..<9"])
        let error = #expect(throws: WireError.self) { _ = try greetingAsJSON(Array(bytes.dropLast())) }
        #expect(error?.description == "text at 4: wants 5 bytes, has 4 (length claimed by length)")
    }
    @Test func nano() throws {
        let message = try #require(
            [UInt8](
                hex: "524315151402000000000000000000000000ffffc0a80101a31b"
                    + "000000000000000000000000000000011027" + String(repeating: "0", count: 216)))
        let told = try #require(try firstNanoMessage(message + message))
        #expect(told.hasPrefix(#"nano.keepalive {"network":"live","version_max":21,"#))
        #expect(told.contains(#""peers":[{"address":"00000000000000000000ffffc0a80101","port":7075},"#))
        #expect(try firstNanoMessage(Array(message.dropLast())) == nil)
        let error = #expect(throws: WireError.self) { _ = try firstNanoMessage(Array("GET / HTTP/1.1".utf8)) }
        #expect(error?.path == "network")
        let moved = try keepalive(message, port: 54_000)
        #expect(moved[24...25] == [0xf0, 0xd2])
        #expect(moved[..<24] == message[..<24] && moved[26...] == message[26...])
    }
    @Test func rightMesh() throws {
        func id(_ byte: UInt8) -> MeshID { MeshID(repeating: byte) }
        let bytes = find(id(0xa1), from: id(0xc3), at: id(0xb2))
        #expect(bytes.prefix(4) == [0x52, 0x4d, 1, 5])
        #expect(bytes.suffix(32).hex == "0300001800000001" + String(repeating: "a1", count: 20) + "00000001")
        #expect(try targets(bytes) == [String(repeating: "a1", count: 20)])
        var wrong = bytes
        wrong[3] = 1
        #expect(throws: WireError.self) { try targets(wrong) }
    }
    @Test func webSocket() throws {
        let bytes = textFrame("Hello", key: Fixed([0x37, 0xfa, 0x21, 0x3d]))
        #expect(bytes.hex == "818537fa213d7f9f4d5158")
        #expect(try payload(bytes) == "Hello")
        #expect(throws: WireError.self) { try payload([0x81]) }
    }
    @Test func dxos() throws {
        let call = try #require(
            [UInt8](
                hex: "0a8701121c64786f732e6d6573682e7369676e616c2e5369676e616c2e4a6f696e1a650a1d2e64786f732e6d6573682e"
                    + "7369676e616c2e4a6f696e5265717565737412440a20" + String(repeating: "50", count: 32) + "1220"
                    + String(repeating: "a1", count: 32) + "2001"))
        #expect(try joinedSwarm(call) == String(repeating: "50", count: 32))
        let second = try numbered(call, 5)
        #expect(second.count == call.count + 2 && second[3...4] == [0x08, 5])
        #expect(try joinedSwarm(second) == joinedSwarm(call))
    }
    @Test func peerPigeon() throws {
        let text = announce(["type": "announce", "networkName": "global", "data": ["peerId": "b2"]])
        #expect(text == #"{"type":"announce","networkName":"global","data":{"peerId":"b2"}}"#)
        #expect(try announcedPeer(#"{"type": "announce", "data": {"peerId": "b2"}}"#) == "b2")
        #expect(announce(["type": 5]) == nil)
        #expect(throws: WireError.self) { try announcedPeer("[]") }
    }
    @Test func gossipsub() throws {
        let bytes = subscribe("BTC/USDT")
        #expect(bytes.hex == "0e0a0c080112084254432f55534454")
        #expect(try topics(bytes) == ["BTC/USDT"])
    }
    @Test func libp2p() {
        let id = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
        #expect(dialed("/ip4/127.0.0.1/tcp/4001/p2p/\(id)") == "\(id) at 127.0.0.1:4001")
        #expect(dialed("/ip4/127.0.0.1/tcp/4001") == nil)
    }
}
