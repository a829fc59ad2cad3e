import Nano
import Network
import Node
import Testing
import Wire

@testable import Scenario

/// Matches patterns of scenarios against messages.
@Suite struct PatternTests {
    static let pair: (seed: [UInt8], key: [UInt8]) = {
        let seed = [UInt8](repeating: 5, count: 32)
        return (seed, Definition.nano.playing.algorithms.first?.publicKey(seed) ?? [])
    }()
    static let over: [UInt8] = Array("over".utf8)
    static var signature: [UInt8] { Definition.nano.playing.algorithms.first?.sign(pair.seed, over) ?? [] }

    static let handshake: Value = [
        "network": "dev", "version": 2,
        "response": [
            "node_id": .bytes(pair.key), "salt": .bytes([UInt8](repeating: 1, count: 32)),
            "genesis": .bytes([UInt8](repeating: 2, count: 32)), "signature": .bytes(signature),
        ],
    ]
    /// The diagnostic names another signature scheme if the signature is valid under it. A node that uses another hash
    /// makes such signatures.
    @Test func signatureOfAnotherScheme() throws {
        let algorithm = try #require(Definition.nano.playing.algorithms.first)
        let other = try #require(algorithm.mistaken.first)
        let (key, over) = (try #require(other.publicKey(Self.pair.seed)), Array("over".utf8))
        var scope = Scope.test
        scope.names["key"] = .bytes(key)
        scope.names["over"] = .bytes(over)
        scope.names["salt"] = .bytes([1, 2])
        for (sent, isToldOf) in [(over + [1, 2], true), (over, false)] {
            let message = try #require(other.sign(Self.pair.seed, sent))
            let handshake: Value = [
                "network": "dev", "version": 2,
                "response": [
                    "node_id": .bytes(key), "salt": .bytes([UInt8](repeating: 1, count: 32)),
                    "genesis": .bytes([UInt8](repeating: 2, count: 32)), "signature": .bytes(message),
                ],
            ]
            let pattern =
                "{response: {signature: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(over + salt)}}}}"
            let p = try #require(try Self.problem(pattern, "nano.node_id_handshake", handshake, scope))
            let end = " (it was made by ed25519 with SHA-512 (RFC 8032), and not by ed25519-blake2b)"
            #expect(p.reason == "response.signature: signature does not verify" + (isToldOf ? end : ""))
            #expect(p.facts.map(\.name) == ["key", "signed", "  over", "  salt"])
            #expect(p.facts.map(\.text)[1] == "6 bytes, 0x6f7665720102" && p.facts[0].text.hasSuffix(key.hex))
        }
    }
    /// Returns the mismatch of a message, or nil if it matches.
    static func problem(_ pattern: String, _ name: String, _ message: Value, _ scope: Scope) throws -> Problem? {
        var loader = Loader(source("x: \(pattern)\n"), Specification.library)
        loader.definition = .nano
        let root = try #require(YAMLTree.read(loader.source).root?["x"])
        let type = try #require(Definition.nano.message(name))
        let template = loader.pattern(root, type.describe(), name)
        let bound = try ResolvedExpectation(
            Expectation(link: "c", what: .message(name, template), whatSpan: .top), scope)
        let record = Link.Record(at: .zero, type: type, bytes: type.encode(message).0, problem: nil, trace: 0)
        if case .differs(let p) = try bound.judge(record, scope) { return p }
        return nil
    }
    static let keepalive: Value = [
        "network": "dev",
        "peers": .list(
            (0..<8).map {
                ["address": .bytes([UInt8](repeating: 0, count: 15) + [UInt8($0)]), "port": .init(7000 + $0)]
            }),
    ]

    /// Returns `match` with the saved values, the first difference, or the error of the pattern.
    static func hold(_ pattern: String, _ name: String, _ message: Value) -> String {
        var loader = Loader(source("x: \(pattern)\n"), Specification.library)
        loader.definition = .nano
        guard let root = YAMLTree.read(loader.source).root?["x"], let type = Definition.nano.message(name) else {
            return "no YAML"
        }
        let template = loader.pattern(root, type.describe(), name)
        if let d = loader.diagnostics.first { return d.line }
        var scope = Scope.test
        scope.names["over"] = .bytes(over)
        scope.names["key"] = .bytes(pair.key)
        scope.names["short"] = .bytes([1])
        let span = Span.top
        let (bytes, errors) = type.encode(message)
        if let e = errors.first { return e.description }
        do throws(EvaluationError) {
            let bound = try ResolvedExpectation(
                Expectation(link: "c", what: .message(name, template), whatSpan: span), scope)
            let record = Link.Record(at: .zero, type: type, bytes: bytes, problem: nil, trace: 0)
            switch try bound.judge(record, scope) {
            case .match(let saved): return (["match"] + saved.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
            case .differs(let p): return "\(p.reason) at \(p.span.start.line):\(p.span.start.column)"
            case .other: return "other"
            }
        } catch {
            return "error: \(error.message)"
        }
    }
    static let ones = "0x" + String(repeating: "01", count: 32)

    @Test(arguments: [
        ("{}", "match"), ("{version: 2}", "match"), ("{version: 0x02}", "match"),
        ("{version: 3}", "version: wanted 3, had 2 at 1:5"),
        ("{network: dev}", "match"), ("{network: live}", "network: wanted live, had dev at 1:5"),
        ("{network: 0x5241}", "match"),
        ("{query: {$absent: true}}", "match"), ("{query: null}", "match"),
        ("{query: {$any: true}}", "query: wanted anything, had nothing at 1:5"),
        ("{query: {$any: false}}", "match"),
        ("{query: {$absent: false}}", "query: wanted anything, had nothing at 1:5"),
        ("{response: {$any: true}}", "match"), ("{response: {$absent: true}}", nil), ("{response: null}", nil),
        ("{query: {$opt: \(ones)}}", "match"), ("{response: {salt: {$opt: \(ones)}}}", "match"),
        ("{version: {$opt: 3}}", "version: wanted 3, had 2 at 1:5"),
        ("{version: {$eq: 2}}", "match"), ("{version: {$ne: 2}}", "version: wanted not (2), had 2 at 1:5"),
        ("{version: {$ne: 3}}", "match"),
        ("{version: {$lt: 3, $gt: 1}}", "match"), ("{version: {$lt: 2}}", "version: wanted < 2, had 2 at 1:5"),
        ("{version: {$le: 2}}", "match"), ("{version: {$ge: 3}}", "version: wanted >= 3, had 2 at 1:5"),
        ("{version: {$gt: $(x)}}", "version: wanted > 7, had 2 at 1:5"),
        ("{version: {$in: [1, 2]}}", "match"),
        ("{version: {$in: [1, 3]}}", "version: wanted one of 1, 3, had 2 at 1:5"),
        ("{query: {$in: [null, \(ones)]}}", "match"),
        ("{version: {$not: {$in: [1, 2]}}}", "version: wanted not (one of 1, 2), had 2 at 1:5"),
        ("{version: {$not: 3}}", "match"),
        ("{response: {salt: {$len: 32}}}", "match"),
        ("{response: {salt: {$len: {$gt: 32}}}}", "response.salt: wanted length > 32, had 32 at 1:16"),
        ("{response: {salt: {$save: s}}}", "match s=\(ones)"),
        ("{query: {$save: q}}", "query: wanted anything (saved as q), had nothing at 1:5"),
        ("{response: {salt: {$save: s, $ne: \(ones)}}}", nil),
        (
            "{response: {$only: {salt: \(ones), node_id: $(key), genesis: {$any: true}, signature: {$any: true}}}}",
            "match"
        ),
        ("{$only: {version: 2}}", nil), ("{$only: {response: {$any: true}}}", "match"),
        (
            "{response: {node_id: $(key), signature: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(over)}}}}",
            "match"
        ),
        (
            "{response: {node_id: {$save: nid}, signature: {$verifies: {alg: ed25519-blake2b, key: $(nid), over: $(over)}, $save: sig}}}",
            nil
        ),
        (
            "{response: {signature: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(over + b)}}}}",
            "response.signature: signature does not verify (it does verify over over only) at 1:16"
        ),
        ("{response: {signature: {$not: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(b)}}}}}", "match"),
        (
            "{response: {signature: {$not: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(over)}}}}}",
            "response.signature: signature verifies, and should not at 1:16"
        ),
        (
            "{response: {signature: {$not: {$not: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(over)}}}}}}",
            "match"
        ),
        ("{query: {$opt: {$verifies: {alg: ed25519-blake2b, key: $(key), over: $(b)}}}}", "match"),
        (
            "{response: {signature: {$verifies: {alg: ed25519-blake2b, key: $(x), over: $(b)}}}}",
            "error: $verifies needs bytes for `key` and `over`"
        ),
        (
            "{response: {salt: $(short)}}",
            "error: response.salt can never be 0x01: 0x01 cannot be 32 bytes (0x and 64 hexadecimal digits)"
        ),
        ("{response: {salt: $(nobody)}}", "error: `nobody` has no value yet"),
        ("{response: {salt: $(d)}}", "error: a duration cannot be part of a message"),
        ("{response: $(m)}", nil),
        ("{version: 256}", "MS0103 1:14 `256` cannot be nano.node_id_handshake.version: wants at most 8 bits"),
        (
            "{response: {salt: 0x01}}",
            "MS0103 1:22 `0x01` cannot be nano.node_id_handshake.response.salt: wants 32 bytes, this is 1"
        ),
        (
            "{response: {salt: {$eq: 0x01}}}",
            "MS0103 1:28 `0x01` cannot be nano.node_id_handshake.response.salt: wants 32 bytes, this is 1"
        ),
        (
            "{response: {salt: {$in: [0x01]}}}",
            "MS0103 1:29 `0x01` cannot be nano.node_id_handshake.response.salt: wants 32 bytes, this is 1"
        ),
        (
            "{network: main}",
            "MS0103 1:14 `main` cannot be nano.node_id_handshake.network: wants one of live, beta, dev, test, or a number"
        ),
        (
            "{network: 0x10000}",
            "MS0103 1:14 `0x10000` cannot be nano.node_id_handshake.network: wants one of live, beta, dev, test, or a number"
        ),
        ("{response: {$eq: {slt: 1}}}", "MS0107 1:22 unknown field of nano.node_id_handshake.response `slt`"),
        (
            "{response: {$len: -1}}",
            "MS0103 1:22 `-1` cannot be the length of nano.node_id_handshake.response: wants a number, decimal or 0x"
        ),
        (
            "{version: {$not: {$lt: x}}}",
            "MS0103 1:27 `x` cannot be nano.node_id_handshake.version: wants a number, decimal or 0x"
        ),
        ("{query: {$verifies: {alg: ed25519-blake2b, key: 0x00}}}", "MS0102 1:24 $verifies needs `over`: signed bytes"),
        ("[]", "MS0100 1:4 a pattern for nano.node_id_handshake is a map, this is a list"),
    ])
    func handshake(_ pattern: String, _ told: String?) throws {
        let got = Self.hold(pattern, "nano.node_id_handshake", Self.handshake)
        if let told {
            #expect(got == told)
        } else {
            // Differences that contain long values.
            let long = [
                "{response: {$absent: true}}": "response: wanted absent", "{response: null}": "response: wanted absent",
                "{response: {salt: {$save: s, $ne: \(Self.ones)}}}": "response.salt: wanted not (",
                "{$only: {version: 2}}": "response: wanted absent", "{response: $(m)}": "response",
                "{response: {node_id: {$save: nid}, signature: {$verifies: {alg: ed25519-blake2b, key: $(nid), over: $(over)}, $save: sig}}}":
                    "match nid=0x",
            ]
            #expect(got.hasPrefix(try #require(long[pattern])), "\(got)")
        }
    }
    @Test(arguments: [
        ("{peers: {$len: 8}}", "match"), ("{peers: {$len: {$lt: 8}}}", "peers: wanted length < 8, had 8 at 1:5"),
        ("{peers: {$any: true}}", "match"),
        ("{peers: [\(Array(repeating: "{port: {$ge: 7000}}", count: 8).joined(separator: ", "))]}", "match"),
        (
            "{peers: [\(Array(repeating: "{port: {$gt: 7000}}", count: 8).joined(separator: ", "))]}",
            "peers[0].port: wanted > 7000, had 7000 at 1:14"
        ),
        ("{peers: {$not: [\(Array(repeating: "{port: {$gt: 7000}}", count: 8).joined(separator: ", "))]}}", "match"),
        ("{peers: {$opt: [\(Array(repeating: "{port: {$ge: 7000}}", count: 8).joined(separator: ", "))]}}", "match"),
        (
            "{peers: {$opt: [\(Array(repeating: "{port: {$lt: 7007}}", count: 8).joined(separator: ", "))]}}",
            "peers[7].port: wanted < 7007, had 7007 at 1:168"
        ),
        ("{peers: {$opt: [{prt: 1}]}}", "MS0107 1:21 unknown field of nano.keepalive.peers `prt`"),
        ("{peers: {$eq: [{port: 1}]}}", nil), ("{peers: [{port: 1}]}", nil), ("{peers: {$save: p}}", nil),
        (
            "{peers: {$in: [[{port: x}]]}}",
            "MS0103 1:27 `x` cannot be nano.keepalive.peers.port: wants a number, decimal or 0x"
        ),
    ])
    func lists(_ pattern: String, _ told: String?) {
        let got = Self.hold(pattern, "nano.keepalive", Self.keepalive)
        if let told {
            #expect(got == told)
        } else {
            #expect(got.hasPrefix(pattern.contains("$save") ? "match p=" : "peers: wanted"), "\(got)")
        }
    }
    @Test func whereAPathStands() throws {
        var loader = Loader(
            source(
                "x: {peers: [{port: 1}, {$not: {port: 5}}, {$opt: {address: {$ne: 0x00000000000000000000000000000000, $save: a}}}]}"
            ),
            Specification.library)
        let type = try #require(Definition.nano.message("nano.keepalive"))
        let root = try #require(YAMLTree.read(loader.source).root?["x"])
        let template = loader.pattern(root, type.describe(), "nano.keepalive")
        #expect(loader.diagnostics.isEmpty)
        func place(_ path: String) -> String? {
            template.span(of: path).map { "\($0.start.column)-\($0.end.column)" }
        }
        #expect(place("peers") == "5-10")
        #expect(place("peers[0]") == "13-22")
        #expect(place("peers[0].port") == "14-18")
        #expect(place("peers[0].address") == "13-22")
        #expect(place("peers[1].port") == "32-36")
        #expect(place("peers[2].address") == "51-58")
        #expect(place("peers[3].port") == "5-10")
        #expect(place("network") == nil)
        #expect(place("") == nil)
        #expect(place("peers[") == "5-10")
        #expect(place("peers[99999999999999999999]") == "5-10")
        #expect(template.saves == ["a"])
    }
    @Test func valuesToSend() {
        func fields(_ text: String) -> [String] {
            nano("  - send: {via: c, msg: nano.node_id_handshake, fields: \(text)}").map(\.message)
        }
        #expect(fields("{network: live, version: 1, query: $(random(32)), response: null}") == [])
        #expect(fields("{version: $(x), extensions: 0xffff}") == ["unknown name `x`"])
        #expect(fields("$(peer)") == [])
        #expect(fields("{query: 0x00}") == ["`0x00` cannot be nano.node_id_handshake.query: wants 32 bytes, this is 1"])
        #expect(fields("{query: abc}") == ["`abc` cannot be nano.node_id_handshake.query: wants bytes, such as 0x5243"])
        #expect(
            fields("{extensions: 65536}") == [
                "`65536` cannot be nano.node_id_handshake.extensions: wants at most 16 bits"
            ])
        #expect(
            fields("{response: 5}") == ["fields of nano.node_id_handshake.response are a map, this is a single value"])
        #expect(fields("{response: {$any: true}}") == ["unknown field of nano.node_id_handshake.response `$any`"])
        #expect(
            nano("  - send: {via: c, msg: nano.keepalive, fields: {peers: 5}}").map(\.message) == [
                "nano.keepalive.peers is a list, this is a single value"
            ])
    }
}
