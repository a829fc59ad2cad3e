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
    private let key = String(repeating: "0b", count: 32)
    private func object(_ more: String, key other: String? = nil) -> String {
        "{\"type\": \"noise-xx\", \"t\": 1.5, \"initiator_e\": \"\(random)\", \"k_i2r\": \"\(other ?? key)\", \"k_r2i\": \"\(key)\"\(more)}\n"
    }
    /// Lines in JSON, of Noise: both sides, keys of the directions alone, and beside lines of the other form.
    @Test func noise() {
        let connection = [UInt8](repeating: 0xab, count: 32)
        let bytes = [UInt8](repeating: 0x0b, count: 32)
        func side(_ role: String) -> String {
            object(", \"role\": \"\(role)\", \"static_priv\": \"\(secret)\", \"ephemeral_priv\": \"\(key)\"")
        }
        let (secrets, complaints) = read(
            side("initiator") + side("responder") + "CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)")
        #expect(complaints.isEmpty && secrets.count == 7)
        #expect(secrets.find(NoiseSecret.fromInitiator, of: connection) == bytes)
        #expect(secrets.find(NoiseSecret.responderEphemeral, of: connection) == bytes)
        #expect(secrets.find(NoiseSecret.initiatorStatic, of: connection) == [UInt8](repeating: 1, count: 32))
        #expect(read(object("")).0.count == 2)
        // Written in the other form, and apart for those who read one of the two only.
        let (again, refused) = read(String(decoding: secrets.keyLog ?? [], as: UTF8.self))
        #expect(again.all() == secrets.all() && refused.isEmpty)
        #expect(secrets.keyLog(ofNoise: false) == Array("CLIENT_TRAFFIC_SECRET_0 \(random) \(secret)\n".utf8))
        #expect(secrets.keyLog(ofNoise: true)?.split(separator: 10).count == 6)
    }
    @Test func refusedOfNoise() {
        let (secrets, complaints) = read(
            object("") + object("", key: secret)
                + object(", \"role\": \"observer\", \"static_priv\": \"\(key)\", \"ephemeral_priv\": \"\(key)\"")
                + object("", key: String(key.dropLast(2))) + "{}\n{\n{\"initiator_e\": 1}\n"
                + "NOISE_KEY_INITIATOR \(random.dropLast(2)) \(key)\nNOISE_KEY_RESPONDER \(random) \(key)00\n"
                + "{\"a\":" + String(repeating: "[", count: 5000))
        #expect(secrets.count == 2)
        #expect(
            complaints.map { String($0.prefix { $0 != " " }) }
                == [2, 3, 4, 5, 6, 7, 8, 9, 10].map { "keys.txt:\($0):" })
        #expect(complaints[0].contains("contradicts"))
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
