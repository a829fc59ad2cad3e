import Node
import Testing
import Wire

@testable import Capture

/// Tests that packets wait until their records are known, and leave in order.
struct PacketWindowTests {
    func add(_ window: inout PacketWindow, _ n: Int, count: Int = 4) {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: count)
        window.add(
            Packet(
                number: n, time: Timestamp(nanoseconds: Int64(n)), length: count, link: .raw, bytes: bytes.span.bytes))
    }
    @Test func order() throws {
        var window = PacketWindow()
        add(&window, 1)
        window.settle(flow: 7, waits: true)
        #expect(window.next() == nil)
        // The packet of another connection is done, and waits for its turn.
        add(&window, 2)
        window.mark(FrameNumbers(2), "two")
        window.settle(flow: 8, waits: false)
        #expect(window.next() == nil)
        add(&window, 3)
        window.mark(try #require(FrameNumbers([1, 3])), "one and three")
        window.settle(flow: 7, waits: false)
        var out: [PacketWindow.Kept] = []
        while let next = window.next() { out.append(next) }
        #expect(out.map(\.number) == [1, 2, 3])
        #expect(out.map(\.comments) == [[], ["two"], ["one and three"]])
        #expect(out.map(\.isWanted) == [true, true, true])
        #expect(window.missed == 0)
    }
    /// A packet that waits too long is given up when too much data waits after it. Later marks for it are counted.
    @Test func limit() throws {
        var window = PacketWindow()
        add(&window, 1)
        window.settle(flow: 7, waits: true)
        for n in 2...66 {
            add(&window, n, count: 1 << 20)
            window.settle(flow: 8, waits: false)
        }
        var count = 0
        while window.next() != nil { count += 1 }
        #expect(count == 66)
        window.mark(try #require(FrameNumbers([1, 67])), "late")
        #expect(window.missed == 1)
    }
    @Test func end() {
        var window = PacketWindow()
        add(&window, 1)
        window.settle(flow: 0, waits: true)
        #expect(window.next() == nil)
        #expect(window.next(all: true)?.number == 1)
        #expect(window.next(all: true) == nil)
    }
}
