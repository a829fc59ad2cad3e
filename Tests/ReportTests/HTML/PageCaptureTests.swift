import Capture
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// The capture of a page has the messages of the trace. Other tests check its packets.
struct PageCaptureTests {
    func exchange(
        _ ms: Int, _ direction: Direction, _ kind: CaseRecord.Exchange.Kind, _ bytes: [UInt8] = [], name: String = "",
        connection: Int = 0
    ) -> CaseRecord.Exchange {
        CaseRecord.Exchange(
            at: .milliseconds(ms), link: "c", ours: "peer", theirs: "node", connection: connection,
            direction: direction, kind: kind,
            name: name, bytes: bytes)
    }
    /// Returns the IP packets of a file with their comments.
    func packets(_ trace: [CaseRecord.Exchange], _ definition: Definition? = .nano) throws -> [(
        bytes: [UInt8], rest: String
    )] {
        var r = try Pages.failed("nano.made.case")
        r.failure?.trace = trace
        let failure = try #require(r.failure)
        let file = try #require(PageCapture.bytes(r, failure, definition))
        #expect(Array(file.prefix(4)) == [0x0a, 0x0d, 0x0d, 0x0a])
        var out: [(bytes: [UInt8], rest: String)] = []
        var at = 0
        func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) } }
        while at < file.count {
            let length = number(at + 4)
            try #require(length >= 12 && length % 4 == 0 && at + length <= file.count)
            if number(at) == 6 {
                let end = at + 28 + number(at + 20)
                out.append((Array(file[(at + 28)..<end]), String(decoding: file[end..<at + length], as: UTF8.self)))
            }
            at += length
        }
        return out
    }
    @Test func streams() throws {
        let found = try packets([
            exchange(0, .sent, .opened), exchange(1, .sent, .message, [5, 6], name: "x"),
            exchange(213, .received, .bytes, [7, 8, 9]), exchange(300, .received, .closed, name: "closed"),
        ])
        let data = found.filter { $0.bytes[33] & 0x08 != 0 }
        #expect(data.map { Array($0.bytes[40...]) } == [[5, 6], [7, 8, 9]])
        // The destination of a sent message is the port of the protocol.
        #expect(data.map { Array($0.bytes[20..<24].suffix(2)) == [0x1b, 0xa3] } == [true, false])
        // The third entry is the culprit.
        let comment = "nano.made.case: fail NANO-16 MUST: extensions: wanted 7, had 0"
        #expect(data.map { $0.rest.contains(comment) } == [false, true])
    }
    @Test func connections() throws {
        let found = try packets([
            exchange(0, .sent, .opened), exchange(1, .sent, .bytes, [5]),
            exchange(2, .received, .closed, name: "reset"),
            exchange(3, .sent, .opened, connection: 1), exchange(4, .sent, .bytes, [6], connection: 1),
            exchange(5, .sent, .bytes, [7], connection: 2),
        ])
        let ports = found.filter { $0.bytes[33] & 0x08 != 0 }.map { Array($0.bytes[20..<22]) }
        #expect(ports == [[0xc0, 0], [0xc0, 1], [0xc0, 2]])
    }
    /// The capture omits a message that is too long.
    @Test func limit() throws {
        let long = [UInt8](repeating: 1, count: PageCapture.limit)
        let found = try packets([
            exchange(0, .sent, .bytes, [5]), exchange(1, .sent, .bytes, long), exchange(2, .sent, .bytes, [6]),
        ])
        #expect(found.reduce(0) { $0 + $1.bytes.count } < 1000)
        #expect(found.filter { $0.bytes.count > 40 && $0.bytes[33] & 0x08 != 0 }.map { $0.bytes[40...] } == [[5], [6]])
    }
    @Test func withoutBytesOrDefinition() throws {
        var r = try Pages.failed("nano.made.case")
        r.failure?.trace = [exchange(0, .sent, .opened)]
        let failure = try #require(r.failure)
        #expect(PageCapture.bytes(r, failure, .nano) == nil)
        #expect(try packets([exchange(0, .sent, .bytes, [1])], nil).count > 1)
    }
}
