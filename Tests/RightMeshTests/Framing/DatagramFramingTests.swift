import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Messages of datagrams as a scenario sees them: one that is sent again is a message again.
@Suite struct DatagramFramingTests {
    /// The msg_ids of the messages that are whole after each datagram.
    private static func whole(_ datagrams: [[UInt8]]) -> [[UInt32]] {
        var framing = DatagramFraming()
        return datagrams.map { d in
            (framing.datagram(d.span.bytes, at: .zero)?.whole ?? []).compactMap {
                try? Header.read($0.bytes.span.bytes).msgID
            }
        }
    }
    private static let one = Maker.datagrams(.infoAck, msgID: 1, peers: 12)
    private static let two = Maker.datagrams(.findAck, msgID: 2, peers: 12)

    @Test func repetitionsAreMessages() throws {
        let d = Self.one
        try #require(d.count == 2)
        #expect(Self.whole(d + d + d) == [[], [1], [], [1], [], [1]])
        // Not before each datagram came again.
        #expect(Self.whole(d + [d[0], d[0]]) == [[], [1], [], []])
        #expect(Self.whole(d + [d[1], d[0]]) == [[], [1], [], [1]])
        let single = Maker.datagrams(.infoAck, msgID: 1, peers: 1)
        #expect(Self.whole(single + single) == [[1], [1]])
    }
    /// Each counts for itself, whichever comes first.
    @Test func repetitionsBesideOneAnother() throws {
        let (a, b) = (Self.one, Self.two)
        try #require(a.count == 2 && b.count == 2)
        #expect(Self.whole(a + b + [a[0], b[0], a[1], b[1]]) == [[], [1], [], [2], [], [], [1], [2]])
        #expect(Self.whole(a + b + [a[0], b[0], b[1], a[1]]) == [[], [1], [], [2], [], [], [2], [1]])
    }
    /// A repetition that differs is not taken for the message.
    @Test func anotherBodyIsNoRepetition() throws {
        var d = Self.one[1]
        d[d.count - 1] ^= 1
        #expect(Self.whole(Self.one + [Self.one[0], d]) == [[], [1], [], []])
    }
}
