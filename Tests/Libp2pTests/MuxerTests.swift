import Testing
import Wire

@testable import Libp2p
@testable import Node

private func frame(_ type: YamuxType, _ flags: UInt16, _ stream: UInt32, _ length: UInt32 = 0) -> [UInt8] {
    YamuxFrame(type, flags: flags, stream: stream, length: length).encoded()
}
private func data(_ flags: UInt16, _ stream: UInt32, _ bytes: [UInt8]) -> [UInt8] {
    frame(.data, flags, stream, UInt32(bytes.count)) + bytes
}
private func options(_ opener: Opener) -> LayerOptions {
    LayerOptions(opener, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
}

@Suite struct YamuxLayerTests {
    /// Streams of both sides, data with and without an earlier window update, and ends of each kind give the same
    /// result at every cut.
    @Test func streams() {
        let up =
            frame(.windowUpdate, 1, 1) + data(0, 1, [1, 2]) + data(1, 3, [3]) + frame(.ping, 1, 0, 5)
            + data(4, 1, [9]) + frame(.windowUpdate, 8, 2) + frame(.goAway, 0, 0, 0x1006)
        let down = frame(.windowUpdate, 3, 2) + data(2, 1, [4]) + frame(.data, 4, 1) + data(0, 2, [5])
        for pieces in Array(1...30) + [.max] {
            let seen = Watched(YamuxLayer(), [(.them, down), (.us, up)], pieces: pieces)
            #expect(seen.units.count == 11 && seen.refusals.isEmpty)
            #expect(seen.carried == ["1>": [1, 2, 9], "3>": [3], "2<": [5]])
            #expect(
                seen.items == [
                    .begins(ChannelID(2), by: .them, speaks: LayerName.stream),
                    .begins(ChannelID(1), by: .us, speaks: LayerName.stream),
                    .begins(ChannelID(3), by: .us, speaks: LayerName.stream),
                    .ends(ChannelID(1), by: .us), .ends(ChannelID(2), by: .us, isReset: true),
                    .ends(ChannelID(2), by: .them, isReset: true),
                ])
        }
    }
    /// An unknown version or type is decoded as a header. A length beyond all windows is refused at once.
    @Test func oddFrames() {
        var version = frame(.windowUpdate, 0, 1, 99)
        version[0] = 1
        let seen = Watched(YamuxLayer(), [(.us, version + frame(YamuxType(rawValue: 9), 0, 7, 99))])
        #expect(seen.units.count == 2 && seen.items.isEmpty)
        let long = Watched(YamuxLayer(), [(.us, frame(.data, 0, 1, 0x0100_0001).prefix(12) + [])])
        #expect(long.refusals.first?.path == "length")
    }
    /// The layer finds the next header after garbage.
    @Test func resync() {
        let bytes = [0xff, 0x17, 0x00] + frame(.windowUpdate, 1, 1)
        #expect(YamuxLayer().resync(bytes.span.bytes) == 3 && YamuxLayer().resync(hex("010203").span.bytes) == nil)
    }
    /// A window update of a stream without SYN and the header after it look like a go-away after a gap.
    @Test func readsNoGoAwayInsideWindowUpdateAfterGap() {
        var layer = YamuxLayer()
        var output = LayerOutput()
        let (begin, next) = (frame(.windowUpdate, 1, 1), data(0, 1, [1, 2]))
        _ = layer.next(begin.span.bytes, from: .us, into: &output)
        let bytes = frame(.windowUpdate, 2, 3) + next
        layer.lose(.them)
        let found = layer.resync(bytes.span.bytes)
        let resumes = [bytes, next].map { layer.mayResume(at: $0.span.bytes, from: .them) }
        #expect(found == 12 && resumes == [false, true])
    }
    /// The layer rejects bytes that cannot be a header after a gap, until it has found enough frames.
    @Test func refusesOddFramesUntilGapIsOver() {
        var odd = frame(.windowUpdate, 0, 1, 99)
        odd[0] = 1
        var layer = YamuxLayer()
        var output = LayerOutput()
        func isFrame(_ bytes: [UInt8]) -> Bool {
            if case .unit = layer.next(bytes.span.bytes, from: .us, into: &output) { true } else { false }
        }
        #expect(isFrame(odd))
        layer.lose(.us)
        #expect(!isFrame(odd) && isFrame(frame(.windowUpdate, 0, 9, 1)) && isFrame(frame(.ping, 1, 0, 5)))
        let long = data(1, 3, [UInt8](repeating: 7, count: 250))
        #expect(isFrame(long) && !isFrame(odd))
        for _ in 0..<4 { #expect(isFrame(long)) }
        #expect(isFrame(odd))
    }
}

@Suite struct YamuxEndTests {
    /// An end that receives bytes, with the bytes that it sends and the items that it passes up.
    final class Heard {
        var end: YamuxEnd
        var turn = LayerTurn()
        var items: [LayerOutput.Item] = []
        var bytes: [UInt64: [UInt8]] = [:]
        init(_ opener: Opener) { end = YamuxEnd(options(opener)) }
        func hear(_ bytes: [UInt8], pieces: Int = .max) {
            var at = 0
            while at < bytes.count {
                let stop = pieces >= bytes.count - at ? bytes.count : at + pieces
                var up = LayerOutput()
                let part = bytes.span.bytes.extracting(at..<stop)
                at += end.receive(part, now: .zero, &up, &turn)
                for item in up.items {
                    if case .lent(let channel, _) = item {
                        up.withBytes(of: item, in: part) { self.bytes[channel.number, default: []].append($0) }
                    } else {
                        items.append(item)
                    }
                }
            }
        }
        func take() -> [UInt8] {
            defer { turn.down = [] }
            return turn.down
        }
    }
    /// A stream of the other side is accepted. Data may arrive with it, before the answer, in pieces.
    @Test func accepts() {
        for pieces in [1, 5, 13, .max] {
            let us = Heard(.us)
            us.hear(data(1, 2, [1, 2, 3]) + frame(.ping, 1, 0, 77) + data(4, 2, [4]), pieces: pieces)
            #expect(us.take() == frame(.windowUpdate, 2, 2) + frame(.ping, 2, 0, 77) && us.bytes == [2: [1, 2, 3, 4]])
            #expect(
                us.items == [
                    .begins(ChannelID(2), by: .them, speaks: LayerName.stream), .ends(ChannelID(2), by: .them),
                ])
            // The stream is half-closed: this side still sends.
            let nine: [UInt8] = [9]
            us.end.send(nine.span.bytes, kind: 0, on: ChannelID(2), now: .zero, &us.turn)
            _ = us.end.close(ChannelID(2), isReset: false, now: .zero, &us.turn)
            #expect(us.take() == data(0, 2, [9]) + frame(.windowUpdate, 4, 2))
            us.end.send(nine.span.bytes, kind: 0, on: ChannelID(2), now: .zero, &us.turn)
            #expect(us.take().isEmpty)
        }
    }
    /// The ids of the side that opened the connection are odd, the ids of the other side are even. Sides are named
    /// after the opener of the connection.
    @Test func parity() {
        for (opener, first, side) in [(Opener.us, UInt64(1), Opener.us), (.them, 2, .them)] {
            let end = Heard(opener)
            for n in 0..<2 {
                var up = LayerOutput()
                let channel = end.end.open("x", now: .zero, &up, &end.turn)
                #expect(channel == ChannelID(first + 2 * UInt64(n)))
                #expect(up.items == [.begins(ChannelID(first + 2 * UInt64(n)), by: side, speaks: LayerName.stream)])
            }
            #expect(end.take() == frame(.windowUpdate, 1, UInt32(first)) + frame(.windowUpdate, 1, UInt32(first) + 2))
        }
    }
    /// A breach of the rules ends the session with a go-away of code 1.
    @Test func violations() {
        var version = frame(.ping, 1, 0)
        version[0] = 1
        let bad: [[UInt8]] = [
            version, frame(YamuxType(rawValue: 4), 0, 0), frame(.windowUpdate, 1, 1), frame(.windowUpdate, 1, 0),
            frame(.windowUpdate, 1, 2) + frame(.windowUpdate, 1, 2), frame(.data, 1, 2, 262_145),
        ]
        for bytes in bad {
            let end = Heard(.us)
            end.hear(bytes)
            #expect(end.turn.isOver && end.take().suffix(12) == frame(.goAway, 0, 0, 1)[...], "\(bytes.hex)")
        }
        let good = Heard(.us)
        good.hear(frame(.goAway, 0, 0, 0x1006) + data(0, 8, [1]) + frame(.windowUpdate, 8, 6))
        #expect(!good.turn.isOver && good.turn.events.map(\.name) == ["go_away"])
        var up = LayerOutput()
        let none = good.end.open("x", now: .zero, &up, &good.turn)
        #expect(none == nil)
    }
    /// An end sends no data beyond the window. Waiting data and the end of the direction are sent when the window
    /// grows.
    @Test func window() {
        let end = Heard(.us)
        var up = LayerOutput()
        _ = end.end.open("x", now: .zero, &up, &end.turn)
        _ = end.take()
        let bytes = [UInt8](repeating: 1, count: 300_000)
        end.end.send(bytes.span.bytes, kind: 0, on: ChannelID(1), now: .zero, &end.turn)
        _ = end.end.close(ChannelID(1), isReset: false, now: .zero, &end.turn)
        #expect(end.take().count == 262_144 + 4 * 12)
        end.hear(frame(.windowUpdate, 0, 1, 10))
        #expect(end.take() == data(0, 1, [UInt8](repeating: 1, count: 10)))
        end.hear(frame(.windowUpdate, 0, 1, 100_000))
        let rest = end.take()
        #expect(rest.count == 12 + 300_000 - 262_154 + 12 && rest.suffix(12) == frame(.windowUpdate, 4, 1)[...])
    }
    /// The window is granted anew as data arrive, so any amount of data can pass.
    @Test func grants() {
        let end = Heard(.us)
        end.hear(frame(.windowUpdate, 1, 2))
        for _ in 0..<20 { end.hear(data(0, 2, [UInt8](repeating: 0, count: 60_000))) }
        #expect(!end.turn.isOver && end.bytes[2]?.count == 1_200_000)
        #expect(end.take().count > 12 * 5)
    }
    /// Streams that the other side does not accept, and a flood of its own streams, are bounded.
    @Test func floods() {
        let end = Heard(.us)
        var up = LayerOutput()
        let opened = (0..<257).map { _ in end.end.open("x", now: .zero, &up, &end.turn) != nil }
        #expect(opened.firstIndex(of: false) == 256)
        end.hear(frame(.windowUpdate, 2, 1))
        let next = end.end.open("x", now: .zero, &up, &end.turn)
        #expect(next != nil)
        _ = end.take()
        for n in 1...1025 { end.hear(frame(.windowUpdate, 1, UInt32(2 * n))) }
        #expect(end.take().suffix(12) == frame(.windowUpdate, 8, 2050)[...] && !end.turn.isOver)
    }
}

@Suite struct MplexTests {
    /// The same number on both sides means two streams. Ends of each kind give the same result at every cut.
    @Test func layer() {
        let up =
            MplexFrame(.newStream, stream: 0, [0x30]).encoded()
            + MplexFrame(.messageInitiator, stream: 0, [1]).encoded()
            + MplexFrame(.messageReceiver, stream: 0, [2]).encoded()
            + MplexFrame(.closeInitiator, stream: 0).encoded() + MplexFrame(.resetReceiver, stream: 0).encoded()
        let down =
            MplexFrame(.newStream, stream: 0).encoded() + MplexFrame(.messageInitiator, stream: 0, [3]).encoded()
        for pieces in Array(1...12) + [.max] {
            let seen = Watched(MplexLayer(), [(.them, down), (.us, up)], pieces: pieces)
            #expect(seen.carried == ["0>": [1], "1>": [2], "1<": [3]] && seen.units.count == 7)
            #expect(
                seen.items == [
                    .begins(ChannelID(1), by: .them, speaks: LayerName.stream),
                    .begins(ChannelID(0), by: .us, speaks: LayerName.stream), .ends(ChannelID(0), by: .us),
                    .ends(ChannelID(1), by: .us, isReset: true), .ends(ChannelID(1), by: .them, isReset: true),
                ])
        }
        for bad in ["0700", "80 00 00", "02 818040", "ffffffffffffffffff01 00"] {
            #expect(Watched(MplexLayer(), [(.us, hex(bad))]).refusals.count == 1, "\(bad)")
        }
    }
}

@Suite struct StackTests {
    private func stack(_ muxer: String, _ security: String, _ seed: UInt8) -> LayerStack {
        var options = Libp2pOptions()
        options.identity = Identity(seed: [UInt8](repeating: seed, count: 32))
        (options.security, options.muxers, options.protocols) = ([security], [muxer], ["/chat"])
        return .libp2p(options) { $0 == "/chat" ? "chat" : nil }
    }
    /// Two ends over all layers exchange streams in both directions, large messages, identify and ping.
    @Test(arguments: [ProtocolID.yamux, ProtocolID.mplex], [ProtocolID.plaintext, ProtocolID.noise])
    func talk(muxer: String, security: String) throws {
        for pieces in [7, Int.max] {
            var talk = Talk(stack(muxer, security, 1), stack(muxer, security, 2))
            talk.pieces = pieces
            talk.begin()
            let (first, second) = (talk.open(.us, "/chat"), talk.open(.them, "/chat"))
            let (mine, yours) = (try #require(first), try #require(second))
            let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
            let sent = [talk.send(.us, large, "chat", mine), talk.send(.them, [1], "chat", yours)]
            #expect(sent == [true, true])
            #expect(talk.bytes(.them, "chat") == large && talk.bytes(.us, "chat") == [1])
            let answered = talk.send(.them, [2], "chat", mine)
            #expect(answered && talk.bytes(.us, "chat") == [1, 2])
            _ = talk.open(.us, ProtocolID.identify)
            let said = talk.events[.us]?.first { $0.name == "identified" }
            #expect(said != nil && talk.over.isEmpty)
        }
    }
}
