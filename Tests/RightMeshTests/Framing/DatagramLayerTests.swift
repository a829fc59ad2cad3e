import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Messages of datagrams as a scenario sees them. A repeated message is a message again.
@Suite struct DatagramLayerTests {
    /// Returns the msg_ids of the messages that are complete after each datagram.
    private static func whole(_ datagrams: [[UInt8]]) -> [[UInt32]] {
        var ear = DatagramEar()
        return datagrams.map { d in ear.hear(d).whole.map { UInt32.load($0.span.bytes, 48, .big) } }
    }
    private static let one = Maker.datagrams(.infoAck, msgID: 1, peers: 12)
    private static let two = Maker.datagrams(.findAck, msgID: 2, peers: 12)

    @Test func repetitionsAreMessages() throws {
        let d = Self.one
        try #require(d.count == 2)
        #expect(Self.whole(d + d + d) == [[], [1], [], [1], [], [1]])
        // The message is complete again only after each datagram arrived again.
        #expect(Self.whole(d + [d[0], d[0]]) == [[], [1], [], []])
        #expect(Self.whole(d + [d[1], d[0]]) == [[], [1], [], [1]])
        let single = Maker.datagrams(.infoAck, msgID: 1, peers: 1)
        #expect(Self.whole(single + single) == [[1], [1]])
    }
    /// Repetitions of two messages count separately, in any order.
    @Test func repetitionsBesideOneAnother() throws {
        let (a, b) = (Self.one, Self.two)
        try #require(a.count == 2 && b.count == 2)
        #expect(Self.whole(a + b + [a[0], b[0], a[1], b[1]]) == [[], [1], [], [2], [], [], [1], [2]])
        #expect(Self.whole(a + b + [a[0], b[0], b[1], a[1]]) == [[], [1], [], [2], [], [], [2], [1]])
    }
    /// A repetition with another body is not the same message.
    @Test func anotherBodyIsNoRepetition() throws {
        var d = Self.one[1]
        d[d.count - 1] ^= 1
        #expect(Self.whole(Self.one + [Self.one[0], d]) == [[], [1], [], []])
    }
}

/// Decodes the datagrams of one end like a scenario.
struct DatagramEar {
    private var layer: any Layer = DatagramLayer()
    var unfinished: [String] { layer.unfinished }

    /// Returns the datagram as a part, the messages that it completes, and the reason if it is not a message.
    mutating func hear(
        _ datagram: [UInt8]
    ) -> (part: (any Message.Type)?, whole: [[UInt8]], error: WireError?) {
        var output = LayerOutput()
        switch layer.next(datagram.span.bytes, from: .them, into: &output) {
        case .unit(let type, _):
            var whole: [[UInt8]] = []
            var error: WireError?
            for item in output.items {
                if case .drops(_, let why) = item { error = why }
                output.withBytes(of: item, in: datagram.span.bytes) { bytes in
                    if bytes.byteCount > 0 { whole.append(bytes.withUnsafeBytes { [UInt8]($0) }) }
                }
            }
            return (type, whole, error)
        case .refused(let error): return (nil, [], error)
        case .needMore, .waits, .becomes: return (nil, [], nil)
        }
    }
}
