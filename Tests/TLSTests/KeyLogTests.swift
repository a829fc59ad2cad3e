import Node
import Testing

@Suite struct KeyLogTests {
    private func read(_ text: String) -> (Secrets, [String]) {
        let secrets = Secrets()
        var log = KeyLog("keys.txt")
        log.read(text.utf8, into: secrets)
        log.finish(into: secrets)
        return (secrets, log.takeComplaints())
    }
    private let random = String(repeating: "ab", count: 32)
    private let secret = String(repeating: "01", count: 32)

    @Test func good() {
        let (secrets, complaints) = read("# a comment\r\n\nCLIENT_TRAFFIC_SECRET_0 \(random) \(secret)\r\n")
        #expect(complaints.isEmpty)
        let connection = [UInt8](repeating: 0xab, count: 32)
        #expect(secrets.find("CLIENT_TRAFFIC_SECRET_0", of: connection) == [UInt8](repeating: 1, count: 32))
        #expect(secrets.find("SERVER_TRAFFIC_SECRET_0", of: connection) == nil)
        #expect(secrets.keyLog == Array("CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)\n".utf8))
    }
    @Test func refused() {
        let (secrets, complaints) = read(
            """
            CLIENT_TRAFFIC_SECRET_0 \(random)
            CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)
            CLIENT_TRAFFIC_SECRET_0 \(random) \(random)
            lower \(random) \(secret)
            CLIENT_TRAFFIC_SECRET_0 \(random.dropLast()) \(secret)
            CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)00
            CLIENT_RANDOM \(random) \(String(repeating: "0", count: 2000))
            \u{1b}[31m\u{0}
            SERVER_TRAFFIC_SECRET_0 \(random) \(secret)
            CLIENT_RANDOM \(random) \(secret.prefix(20))x
            """)
        #expect(secrets.count == 2)
        #expect(complaints.count == 8)
        #expect(
            complaints.map { String($0.prefix { $0 != " " }) } == [1, 3, 4, 5, 6, 7, 8, 10].map { "keys.txt:\($0):" })
        #expect(complaints.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } })
    }
    @Test func manyRefusedAreCounted() {
        let (_, complaints) = read(String(repeating: "x\n", count: 1000))
        #expect(complaints.count == KeyLog.toldLimit + 1)
        #expect(complaints.last == "keys.txt: 990 more lines are no secrets")
    }
    @Test func grows() {
        let secrets = Secrets()
        var log = KeyLog("keys.txt")
        for byte in "CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)\nSERVER_TRAFFIC_SECRET_0 \(random) \(secret)".utf8 {
            log.read([byte], into: secrets)
        }
        #expect(secrets.count == 1)
        log.read("\n".utf8, into: secrets)
        #expect(secrets.count == 2)
        #expect(log.complaints.isEmpty)
    }
    @Test func moreIsAsked() {
        let secrets = Secrets { $0.add(Secret("A", of: [1], [2])) }
        #expect(secrets.find("A", of: [1]) == [2])
        #expect(secrets.find("B", of: [1]) == nil)
        #expect(!secrets.add(Secret("A", of: [1], [3])))
        #expect(secrets.all(behind: 1).isEmpty)
    }
}
