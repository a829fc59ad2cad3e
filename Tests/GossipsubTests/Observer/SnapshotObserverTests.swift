import Node
import Testing
import Wire

@testable import Gossipsub
@testable import Libp2p

/// A snapshot stream, as an observer sees it.
private struct Heard {
    var observer = SnapshotObserver(.content)
    var findings: [Finding] = []

    mutating func ask(_ market: [UInt8] = BookScene.market, isGood: Bool = true) {
        let bytes = SnapshotRequest(market).encoded()
        observer.observe(
            SnapshotRequest.self, bytes.span.bytes, isGood: isGood, from: .us, at: .zero, into: &findings)
    }
    mutating func answer(_ part: [UInt8], isGood: Bool = true) {
        observer.observe(SnapshotPart.self, part.span.bytes, isGood: isGood, from: .them, at: .zero, into: &findings)
    }
    mutating func answer(_ orders: [[UInt8]], isLast: Bool) {
        answer(BookScene.part(orders, isLast: isLast))
    }
    mutating func end(_ side: Opener = .them) {
        observer.end(by: side, into: &findings)
    }
    mutating func miss() {
        observer.miss()
    }
    /// The ids of the reported rules, with a question mark after a warning.
    var rules: [String] {
        findings.map { ($0.requirement ?? "") + ($0.severity == .violation ? "" : "?") }
    }
}
/// Returns the findings for the messages on a stream.
private func told(_ scrutiny: Scrutiny = .content, _ said: (inout Heard) -> Void) -> [String] {
    var heard = Heard(observer: SnapshotObserver(scrutiny))
    said(&heard)
    return heard.rules
}

@Suite struct SnapshotObserverTests {
    private let orders = (1...3).map { BookScene.bytes($0) }

    @Test func right() {
        #expect(
            told {
                $0.ask()
                $0.end(.us)
                $0.answer([orders[0], orders[1]], isLast: false)
                $0.answer([], isLast: false)
                $0.answer([orders[2]], isLast: true)
                $0.end()
            } == [])
        // Everything after the request is ignored.
        #expect(
            told {
                $0.ask()
                $0.ask(Array("ETH/USDT".utf8))
                $0.ask(isGood: false)
                $0.answer(orders, isLast: true)
            } == [])
    }
    @Test func ends() {
        #expect(
            told {
                $0.ask()
                $0.answer(orders, isLast: false)
                $0.end()
            } == ["GS-116"])
        #expect(
            told {
                $0.ask()
                $0.end()
            } == ["GS-116"])
        // A stream that the other side ended is no breach, and neither is an end without a request.
        #expect(told { $0.end() } == [])
        #expect(
            told {
                $0.ask(isGood: false)
                $0.end()
            } == [])
        #expect(
            told {
                $0.ask()
                $0.answer(orders, isLast: true)
                $0.answer([], isLast: true)
            } == ["GS-116"])
        #expect(told { $0.answer([], isLast: true) } == ["GS-116"])
        #expect(
            told {
                $0.ask(isGood: false)
                $0.answer([], isLast: true)
            } == [])
    }
    @Test func ordersOfAnswers() {
        func answered(_ orders: [[UInt8]], _ scrutiny: Scrutiny = .content) -> [String] {
            told(scrutiny) {
                $0.ask()
                $0.answer(orders, isLast: true)
            }
        }
        let other = BookScene.bytes(1, of: Array("ETH/USDT".utf8))
        var flipped = orders[0]
        flipped[flipped.count - 1] ^= 1
        #expect(answered([orders[0], other]) == ["GS-116"] && answered([orders[0], flipped]) == ["GS-111"])
        #expect(answered([orders[0] + [0x50, 1]]) == ["GS-111"] && answered([[0xff]]) == [])
        #expect(answered([BookScene.bytes(1, amount: "1.0")]) == ["GS-111"])
        #expect(answered([orders[0], BookScene.bytes(1, version: 2)]) == ["GS-116?"])
        #expect(answered([orders[0], BookScene.bytes(1, by: 2)]) == [])
        #expect(
            told {
                $0.ask()
                $0.answer([orders[0]], isLast: false)
                $0.answer([orders[0]], isLast: true)
            } == ["GS-116?"])
        // Signatures are verified only if the scrutiny requires it, because that is slow.
        #expect(answered([flipped, other], .state) == [])
    }
    @Test func fillsOfAnswers() {
        func answered(_ fills: [Fill]) -> [String] {
            var part = SnapshotPart()
            (part.part.fills, part.part.last) = (fills, true)
            return told {
                $0.ask()
                $0.answer(part.encoded())
            }
        }
        let offer = BookScene.fill(1)
        let fill = offer.executed(by: BookScene.identity(1))
        #expect(answered([fill]) == [] && answered([fill, offer]) == ["GS-157"])
        #expect(answered([offer.executed(by: BookScene.identity(3))]) == ["GS-157"])
        let elsewhere = BookScene.fill(1, of: Array("ETH/USDT".utf8)).executed(by: BookScene.identity(1))
        #expect(answered([elsewhere]) == ["GS-157"] && answered([Fill(), fill]) == ["GS-157"])
    }
    /// Unseen messages may explain a breach, so an incomplete capture gives no findings.
    @Test func incompleteCaptures() {
        let other = BookScene.bytes(1, of: Array("ETH/USDT".utf8))
        #expect(
            told {
                $0.miss()
                $0.answer([other], isLast: true)
                $0.answer([other], isLast: false)
                $0.end()
            } == [])
        #expect(
            told {
                $0.ask()
                $0.miss()
                $0.answer([other, other], isLast: false)
                $0.end()
            } == [])
        // An undecodable part is reported elsewhere.
        #expect(
            told {
                $0.ask()
                $0.answer([1, 0xff], isGood: false)
                $0.end()
            } == [])
    }
    /// The observer sees each fault of the answering side that shows on one stream.
    @Test(
        arguments: [
            (.acceptsUnsignedOrder, ["GS-111"]), (.anyFormTaken, ["GS-111"]),
            (.orderSignatureNotChecked, ["GS-111"]), (.otherMarketTaken, ["GS-116"]), (.anyNumberTaken, ["GS-111"]),
            (nil, []),
        ] as [(BookFault?, Set<String>)])
    func faults(_ fault: BookFault?, _ rules: Set<String>) throws {
        var book = BookScene.book(fault.map { [$0] } ?? [])
        var unsigned = try Order(copying: BookScene.bytes(5))
        unsigned.signature = nil
        var wrong = try Order(copying: BookScene.bytes(6))
        wrong.signature = Bytes([UInt8](repeating: 1, count: 64))
        // An Order with an unknown field, which is signed with the others.
        let odd = try Order(copying: BookScene.bytes(3) + [0x50, 1]).signed(by: BookScene.identity(1))
        let said = [
            BookScene.bytes(1), BookScene.bytes(2, of: Array("ETH/USDT".utf8)), odd.encoded(),
            BookScene.bytes(4, amount: "01"), unsigned.encoded(), wrong.encoded(),
        ]
        for order in said { _ = book.verdict(BookScene.listed([order]), BookScene.market, now: .zero) }
        let found = told {
            $0.ask()
            for part in book.answer(BookScene.market, now: .zero) { $0.answer(part) }
            $0.end()
        }
        #expect(Set(found) == rules)
    }
}
