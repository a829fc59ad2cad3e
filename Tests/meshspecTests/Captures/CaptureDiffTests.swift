import Capture
import Node
import TestThreads
import Testing

@testable import Records
@testable import meshspec

/// Tests `meshspec diff` on captures.
@Suite(.waits) struct CaptureDiffTests {
    /// Each random path names a field, and the header fields that follow from random bytes are left out by their names.
    @Test func randomFieldsAreKnown() {
        for path in Registry.decoded.flatMap(\.recording.random) {
            #expect((try? FieldReference(path, Registry.decoded)) != nil, "\(path)")
        }
        func isRandom(_ message: String, _ fields: (String, String)...) -> Bool {
            var places = RandomFields.Places(RandomFields(Registry.decoded), in: message)
            return fields.map { places.isRandom($0.0, $0.1) }.last ?? false
        }
        let (host, key) = (("headers[0].name", "Host"), ("headers[1].name", "sec-websocket-key"))
        #expect(isRandom("websocket.upgrade", host, ("headers[0].value", "a"), key, ("headers[1].value", "b")))
        #expect(!isRandom("websocket.upgrade", key, host, ("headers[0].value", "a")))
        #expect(!isRandom("websocket.upgrade", key) && !isRandom("websocket.frame", ("payload", "00")))
        #expect(isRandom("websocket.frame", ("masking_key", "00")))
        #expect(isRandom("nano.node_id_handshake", ("response.salt", "00")))
        #expect(!isRandom("nano.node_id_handshake", ("response.node_id", "00")))
    }
    /// Two runs of one conversation differ only in what is random, which `--all-fields` shows. Frames of layers are
    /// compared only with `--layers`.
    @Test func randomFieldsAndLayersAreOptional() throws {
        let name = "Captures/websocket/ws-to-meshspec.pcap"
        for options in ["", "--layers", "--all-fields"] {
            #expect(try Shell.run("meshspec diff \(options) \(name) \(name)").status == 0)
        }
        func count(_ options: String) throws -> Int? {
            let last = try Shell.run("meshspec diff --json \(options) \(name) \(name)").lines.last ?? ""
            return last.split(separator: ":").last.flatMap { Int($0.dropLast()) }
        }
        let (plain, layers) = (try #require(try count("")), try #require(try count("--layers")))
        #expect(plain > 0 && layers > plain)
        let other = "Captures/websocket/websockets-to-meshspec-deflate.pcap"
        func differs(_ options: String, in field: String) throws -> Bool {
            try Shell.run("meshspec diff \(options) \(name) \(other)").lines.contains { $0.hasPrefix("  \(field)") }
        }
        #expect(try !differs("--layers", in: "masking_key") && differs("--layers --all-fields", in: "masking_key"))
        #expect(try differs("", in: "headers[6].value"), "what is not random is compared")
    }
}
