import Node
import Testing
import Wire

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
            CLIENT_RANDOM \(random) \(secret)
            """)
        #expect(secrets.count == 2)
        #expect(complaints.count == 9)
        #expect(
            complaints.map { String($0.prefix { $0 != " " }) }
                == [1, 3, 4, 5, 6, 7, 8, 10, 11].map { "keys.txt:\($0):" })
        #expect(complaints.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } })
    }
    private let key = String(repeating: "0b", count: 32)
    private func object(_ more: String, key other: String? = nil) -> String {
        "{\"type\": \"noise-xx\", \"t\": 1.5, \"initiator_e\": \"\(random)\", \"k_i2r\": \"\(other ?? key)\", \"k_r2i\": \"\(key)\"\(more)}\n"
    }
    /// Noise keys as JSON lines: both sides, only the keys of the directions, and mixed with lines of the other form.
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
        // The keys are written in the other form, and separately for readers of only one form.
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
    /// Reads the same lines for each size of the pieces, including very long lines and a last line without an end.
    @Test(arguments: [1, 7, 100, 4096, 4097, 1 << 20]) func readsSameLinesForEachPieceSize(_ size: Int) {
        let noise = object(", \"role\": \"initiator\", \"static_priv\": \"\(secret)\", \"ephemeral_priv\": \"\(key)\"")
        let text =
            "\n\r\nCLIENT_TRAFFIC_SECRET_0 \(random.uppercased()) \(secret)\r\n" + noise
            + String(repeating: "x", count: KeyLog.lineLimit) + "\n"
            + String(repeating: "x", count: KeyLog.lineLimit + 1)
            + "\n#" + String(repeating: "x", count: KeyLog.lineLimit) + "\nA  b\n A b\nA b\nCLIENT_RANDOM 0 00\n"
            + "A-B 00 00\nCLIENT_RANDOM 00 0g\nCLIENT_RANDOM \(random) \(secret)\(secret.prefix(32))"
        let bytes = Array(text.utf8)
        let secrets = Secrets()
        var log = KeyLog("keys.txt")
        for start in stride(from: 0, to: bytes.count, by: size) {
            log.read(bytes[start..<min(bytes.count, start + size)], into: secrets)
        }
        log.finish(into: secrets)
        #expect(secrets.count == 6)
        #expect(secrets.find("CLIENT_TRAFFIC_SECRET_0", of: [UInt8](repeating: 0xab, count: 32))?.count == 32)
        #expect(secrets.all().last?.label == "CLIENT_RANDOM" && secrets.all(behind: 5).count == 1)
        let why = log.takeComplaints().map { $0.split(separator: ":", maxSplits: 1).last.map(String.init) ?? "" }
        #expect(
            why == [
                "5: the line has 1 words, and not a label, a connection and a secret",
                "6: the line has more than 4096 bytes", "7: the line has more than 4096 bytes",
                "8: the line has a connection or a secret that is not 1 to 128 bytes in hexadecimal",
                "9: the line has a label of other characters than A to Z, 0 to 9 and _, or of more than 64",
                "10: the line has 2 words, and not a label, a connection and a secret",
                "11: the line has a connection or a secret that is not 1 to 128 bytes in hexadecimal",
                "12: the line has a label of other characters than A to Z, 0 to 9 and _, or of more than 64",
                "13: the line has a connection or a secret that is not 1 to 128 bytes in hexadecimal",
            ])
    }
    /// Reads keys from objects with further members of each JSON type, and reports invalid JSON.
    @Test func readsNoiseKeysFromAnyValidObject() {
        let keys = "\"initiator_e\": \"\(random)\", \"k_i2r\": \"\(key)\", \"k_r2i\": \"\(key)\""
        for (more, isRead) in [
            ("", true), (", \"t\": 0", true), (", \"t\": -1e5", true), (", \"t\": 01", false), (", \"t\": 1.", false),
            (", \"t\": null", true), (", \"t\": {\"a\": [1]}", true), (", \"t\": \"\\u0041é\"", true), (",", false),
            (", \"t\"", false), (", \"role\": 1", true), (", \"k_r2i\": \"\(key)\"", true), ("} x", false),
        ] {
            let (secrets, complaints) = read("{\(keys)\(more)}\n")
            #expect(secrets.count == (isRead ? 2 : 0) && complaints.isEmpty == isRead, "\(more)")
        }
    }
    /// Stores 20,000 secrets and finds each of them.
    @Test func findsEachOfManySecrets() {
        let secrets = Secrets()
        var text: [UInt8] = []
        func id(_ i: Int) -> [UInt8] { (0..<32).map { UInt8(truncatingIfNeeded: i >> ($0 % 4 * 8)) } }
        for i in 0..<20_000 { text += "L\(i % 3) \(id(i).hex) \(id(i + 1).hex)\n".utf8 }
        var log = KeyLog("keys.txt")
        log.read(text, into: secrets)
        log.read(text, into: secrets)
        #expect(log.takeComplaints().isEmpty && secrets.count == 20_000)
        #expect((0..<20_000).allSatisfy { secrets.find("L\($0 % 3)", of: id($0)) == id($0 + 1) })
        #expect(secrets.find("L1", of: id(0)) == nil && secrets.find("L", of: id(0)) == nil)
        #expect(!secrets.add(Secret("L0", of: id(0), id(0))) && secrets.add(Secret("L0", of: id(0), id(1))))
        #expect(secrets.keyLog == text)
    }
    @Test func moreIsAsked() {
        let secrets = Secrets { $0.add(Secret("A", of: [1], [2])) }
        #expect(secrets.find("A", of: [1]) == [2])
        #expect(secrets.find("B", of: [1]) == nil)
        #expect(!secrets.add(Secret("A", of: [1], [3])))
        #expect(secrets.all(behind: 1).isEmpty)
    }
}
