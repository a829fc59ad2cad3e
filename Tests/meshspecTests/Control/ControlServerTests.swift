import Network
import Node
import Report
import RightMesh
import Synchronization
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Questions to a running node do not block its work, regardless of the size of the answer.
@Suite(.waits) struct ControlServerTests {
    /// The number of rows that the node has made.
    private final class Count: Sendable { let made = Atomic(0) }
    /// A node with a long list.
    private struct Lister: Node {
        static let rows = 60_000
        var count: Count
        static func row(_ i: Int) -> Value {
            ["peer": .bytes([UInt8](repeating: UInt8(i & 255), count: 20)), "n": .uint(UInt64(i))]
        }
        func rows(_ question: String, now: Instant) -> Rows? {
            guard question == "routes" else { return nil }
            return Rows(Array(0..<Self.rows)) {
                count.made.add(1, ordering: .relaxed)
                return Self.row($0)
            }
        }
        func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
            ["status": true, "counters": ["full": 7]][question]
        }
        mutating func start(now: Instant, _ out: inout [Action]) {}
        mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) {}
        var deadline: Instant? { nil }
    }
    /// A control server and a client that take turns.
    private final class Talk {
        let folder: Folder
        let network: SocketNetwork
        let driver: Driver
        let server: ControlServer
        let asker: Driver
        let link: LinkID
        let count = Count()
        /// The largest number of rows in one turn, and the largest number of bytes that waited for the client.
        var (mostRows, mostUnread) = (0, 0)
        private var client: LinkID?

        init() throws {
            folder = try Folder()
            network = try SocketNetwork()
            driver = Driver(network)
            server = try ControlServer(
                folder.path + "/control", definition: .rightmesh, network: network, driver: driver)
            server.node = driver.add(Lister(count: count))
            let other = try SocketNetwork()
            asker = Driver(other)
            link = try other.dial(path: folder.path + "/control")
        }
        func ask(_ controls: [String]) {
            asker.send(controls.flatMap { Array("{\"control\":\"\($0)\"}\n".utf8) }, on: link)
        }
        func turn() {
            let before = count.made.load(ordering: .relaxed)
            if let networkEvent = driver.next(until: driver.now) {
                if case .opened(let link, _, _) = networkEvent { client = link }
                server.take(networkEvent)
            } else {
                server.work()
            }
            mostRows = max(mostRows, count.made.load(ordering: .relaxed) - before)
            if let client { mostUnread = max(mostUnread, network.unsent(on: client)) }
        }
        /// Returns the next line of the answer.
        func line() -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 0..<100_000 where bytes.last != 0x0a {
                turn()
                while case .received(_, let more)? = asker.next(until: asker.now) { bytes += more }
            }
            return bytes
        }
    }
    private static var rows: Value { .list((0..<Lister.rows).map(Lister.row)) }

    /// The parts of an answer form the same line as the whole answer. The number of rows in one turn is limited.
    @Test func parts() throws {
        let talk = try Talk()
        talk.ask(["routes"])
        let line = talk.line()
        #expect(line == RunEvents.line(ControlServer.plain(["protocol": "rightmesh", "answer": Self.rows])))
        #expect(talk.mostRows == ControlServer.rowsAtOnce && talk.count.made.load(ordering: .relaxed) == Lister.rows)
        talk.ask(["status"])
        #expect(talk.line() == Array("{\"protocol\":\"rightmesh\",\"answer\":true}\n".utf8))
        talk.ask(["uplink"])
        #expect(JSON.parse(talk.line())?["reason"] == "arguments")
        talk.ask(["dump"])
        let all = JSON.parse(talk.line())?["answer"]
        #expect(
            all?["routes"] == ControlServer.plain(Self.rows) && all?["counters"]?["full"] == 7 && all?["status"] == true
        )
    }
    /// A client asks and does not read. The server makes a limited part of the answer. When the client reads, it
    /// receives everything in order.
    @Test func unread() throws {
        let talk = try Talk()
        talk.ask(["routes", "status", "routes"])
        for _ in 0..<2000 { talk.turn() }
        #expect(talk.count.made.load(ordering: .relaxed) < Lister.rows)
        #expect(talk.mostUnread > ControlServer.unread && talk.mostUnread < 2 * ControlServer.unread)
        #expect(talk.server.isWriting && !talk.server.isBusy)
        var lines = 0
        for _ in 0..<100_000 where lines < 3 {
            talk.turn()
            while case .received(_, let more)? = talk.asker.next(until: talk.asker.now) {
                lines += more.count { $0 == 0x0a }
            }
        }
        #expect(lines == 3 && !talk.server.isWriting && talk.count.made.load(ordering: .relaxed) == 2 * Lister.rows)
        // The server rejects too many questions at a time.
        talk.ask([String](repeating: "routes", count: 2 * ControlServer.maximumPieces))
        for _ in 0..<2000 { talk.turn() }
        #expect(!talk.server.isWriting)
    }
}
