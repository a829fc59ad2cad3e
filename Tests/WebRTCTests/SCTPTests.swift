import Crypto
import Node
import TestMessages
import Testing
import Wire

@testable import WebRTC

@Suite struct SCTPTests {
    /// Returns a chunk of data.
    static func data(_ tsn: UInt32, _ text: String, flags: UInt8 = 3, stream: UInt16 = 1) -> SCTPChunk {
        var chunk = SCTPChunk(.data)
        var data = DataChunk()
        (data.tsn, data.stream, data.payload) = (tsn, stream, Bytes(Array(text.utf8)))
        (chunk.data, chunk.flags) = (data, flags)
        return chunk
    }
    static func sack(_ tsn: UInt32) -> SCTPChunk {
        var chunk = SCTPChunk(.sack)
        var sack = SelectiveAckChunk()
        sack.cumulativeTSN = tsn
        chunk.sack = sack
        return chunk
    }
    static func beginning(_ tsn: UInt32) -> SCTPChunk {
        var chunk = SCTPChunk(.initiation)
        var initiation = InitiationChunk()
        initiation.initialTSN = tsn
        chunk.initiation = initiation
        return chunk
    }
    /// The results of packets with one chunk each.
    struct Heard {
        var association = SCTPAssociation()
        var texts: [String] = []
        var repeated = 0
        mutating func take(_ chunk: SCTPChunk, from side: Opener = .us) throws {
            var packet = SCTPPacket()
            packet.chunks = [chunk]
            let bytes = packet.encoded()
            let read = try SCTPPacket(copying: bytes)
            var events: [SCTPAssociation.Event] = []
            if association.receive(read, bytes.span.bytes, from: side, unit: 0, datagram: 0, into: &events) {
                repeated += 1
            }
            tell(events)
        }
        mutating func finish() {
            var events: [SCTPAssociation.Event] = []
            association.finish("over", into: &events)
            tell(events)
        }
        private mutating func tell(_ events: [SCTPAssociation.Event]) {
            for event in events {
                switch event {
                case .message(let message): texts.append(String(decoding: message.bytes, as: UTF8.self))
                case .incomplete(let message, let reason, _, let isGivenUp):
                    texts.append("\(String(decoding: message.bytes, as: UTF8.self))..\(isGivenUp ? "no room" : reason)")
                case .missing(let count, let first, let last, _): texts.append("missing \(count): \(first)-\(last)")
                }
            }
        }
    }

    @Test func writesChecksumOfRFC9260() throws {
        var packet = SCTPPacket()
        packet.chunks = [Self.data(7, "hello")]
        let bytes = packet.encoded()
        #expect(bytes.count == 12 + 16 + 8 && SCTPPacket.isIntact(bytes.span.bytes))
        #expect(SCTPPacket.dissect(bytes).notes == [])
        var wrong = bytes
        wrong[13] ^= 1
        #expect(!SCTPPacket.isIntact(wrong.span.bytes) && SCTPPacket.dissect(wrong).notes != [])
        for i in 8..<12 { wrong[i] = 0 }
        let (isIntactWithoutSum, isIntactCut) =
            (SCTPPacket.isIntact(wrong.span.bytes), SCTPPacket.isIntact([1, 2].span.bytes))
        #expect(isIntactWithoutSum && !isIntactCut)
    }
    /// Every chunk and parameter that has a description comes back from its encoding.
    @Test func roundTrip() throws {
        let all = SCTPPacket.variants[0]
        let bytes = all.encoded()
        let read = try SCTPPacket(copying: bytes)
        #expect(read.chunks.map(\.type) == all.chunks.map(\.type) && read.chunks.count == 9)
        #expect(read.encoded() == bytes && SCTPPacket.reencode(bytes) == bytes)
        let (built, errors) = SCTPPacket.encode(SCTPPacket.dissect(bytes).fields(in: bytes.span.bytes))
        #expect(built == bytes && errors == [])
    }
    /// The last parameter of a chunk may have no padding inside of the chunk's length (RFC 9260, section 3.2.1).
    @Test func keepsParameterWithoutPadding() throws {
        var parameter = SCTPParameter()
        parameter.value = Bytes([1, 2, 3])
        var chunk = SCTPChunk(.heartbeat)
        var list = SCTPParameterList()
        list.entries = [parameter, parameter]
        chunk.parameters = list
        var packet = SCTPPacket()
        packet.chunks = [chunk]
        let bytes = packet.encoded()
        #expect(bytes.count == 12 + 4 + 8 + 8 && bytes[15] == 4 + 8 + 7)
        #expect(SCTPPacket.reencode(bytes) == bytes)
    }
    @Test func survivesMutantsAndRandomBytes() {
        let packet = SCTPPacket.variants[0].encoded()
        for mutant in SCTPPacket.mutants(of: packet) { _ = SCTPPacket.dissect(mutant.bytes) }
        var random = Random(seed: 3)
        for count in 0..<3000 {
            var bytes = random.bytes(12 + count % 120)
            if count % 2 == 0, bytes.count > 16 {
                bytes[12] = UInt8(SCTPChunk.variants[count % 9].type.rawValue)
                (bytes[14], bytes[15]) = (0, UInt8(bytes.count - 12))
            }
            _ = SCTPPacket.dissect(bytes)
            var read = SCTPPacket()
            guard read.read(borrowing: bytes.span.bytes) else { continue }
            var (association, events) = (SCTPAssociation(), [SCTPAssociation.Event]())
            _ = association.receive(read, bytes.span.bytes, from: .us, unit: 0, datagram: 0, into: &events)
        }
    }

    @Test func joinsPiecesInAnyOrder() throws {
        let pieces = [
            Self.data(UInt32.max - 1, "a", flags: 2), Self.data(UInt32.max, "b", flags: 0),
            Self.data(0, "c", flags: 1), Self.data(1, "d"),
        ]
        for seed in 0..<24 as Range<UInt64> {
            var random = Random(seed: seed)
            var (order, heard) = (pieces, Heard())
            try heard.take(Self.beginning(UInt32.max - 1))
            for i in order.indices.dropFirst() { order.swapAt(i, Int(random.next() % UInt64(i + 1))) }
            for piece in order + order { try heard.take(piece) }
            heard.finish()
            #expect(heard.texts.sorted() == ["abc", "d"] && heard.repeated == 4, "seed \(seed)")
        }
    }
    @Test func reportsAcknowledgedDataThatIsMissing() throws {
        var heard = Heard()
        try heard.take(Self.beginning(10))
        try heard.take(Self.data(10, "one"))
        try heard.take(Self.data(11, "half", flags: 2))
        try heard.take(Self.data(14, "two"))
        try heard.take(Self.sack(14), from: .them)
        #expect(heard.texts == ["one", "two"])
        // The next acknowledgement settles it.
        try heard.take(Self.sack(14), from: .them)
        #expect(heard.texts == ["one", "two", "missing 2: 12-13", "half..pieces are missing from the capture"])
        heard.finish()
        #expect(heard.texts.count == 4)
    }
    @Test func doesNotMissWhatCameBeforeTheCapture() throws {
        var heard = Heard()
        try heard.take(Self.data(5000, "one"))
        try heard.take(Self.data(4999, "earlier"))
        for _ in 0..<2 { try heard.take(Self.sack(5000), from: .them) }
        heard.finish()
        #expect(heard.texts == ["one", "earlier"])
    }
    @Test func endsMessagesThatTheSenderGivesUp() throws {
        var heard = Heard()
        try heard.take(Self.beginning(1))
        try heard.take(Self.data(1, "half", flags: 2))
        var forward = SCTPChunk(.forwardTSN)
        forward.forwardTSN = ForwardTSNChunk()
        forward.forwardTSN?.cumulativeTSN = 2
        try heard.take(forward)
        #expect(heard.texts == ["half..the sender gives up the rest"])
        try heard.take(Self.data(3, "next"))
        heard.finish()
        #expect(heard.texts == ["half..the sender gives up the rest", "next"])
    }
    @Test func joinsInterleavedPieces() throws {
        func piece(_ tsn: UInt32, message: UInt32, _ number: UInt32, _ text: String, flags: UInt8) -> SCTPChunk {
            var chunk = SCTPChunk(.iData)
            var data = InterleavedDataChunk()
            (data.tsn, data.message, data.number, data.payload) = (tsn, message, number, Bytes(Array(text.utf8)))
            (chunk.iData, chunk.flags) = (data, flags)
            return chunk
        }
        var heard = Heard()
        try heard.take(piece(1, message: 0, 51, "a", flags: 2))
        try heard.take(piece(2, message: 1, 51, "x", flags: 2))
        try heard.take(piece(3, message: 1, 1, "y", flags: 1))
        try heard.take(piece(4, message: 0, 1, "b", flags: 0))
        try heard.take(piece(5, message: 0, 2, "c", flags: 1))
        #expect(heard.texts == ["xy", "abc"])
    }
    @Test func boundsWaitingPieces() throws {
        var association = SCTPAssociation()
        var givenUp = 0
        // The pieces belong to one message whose first piece never arrives.
        let payload = Bytes([UInt8](repeating: 0, count: 1000))
        for tsn in 0..<20_000 as Range<UInt32> {
            var packet = SCTPPacket()
            var chunk = Self.data(tsn * 2, "", flags: 0)
            chunk.data?.payload = payload
            packet.chunks = [chunk]
            var events: [SCTPAssociation.Event] = []
            _ = association.receive(packet, RawSpan(), from: .us, unit: 0, datagram: 0, into: &events)
            for case .incomplete(_, _, _, isGivenUp: true) in events { givenUp += 1 }
            if association.memory > MessagePieces.byteLimit + 1000 { Issue.record("\(association.memory) bytes wait") }
        }
        #expect(givenUp > 10_000)
    }
}
