import Testing
import Wire

@testable import Scenario

/// A vector names its provenance and the requirements that it shows.
struct WireVectorTests {
    static let good = """
        - name: one
          provenance: made by hand
          requirements: [NANO-16]
          expect: accept
          bytes: "0x00"
          fields: {"a": {"b": [1, 2]}}
        """
    func told(_ text: String) -> [String] {
        WireVector.load(source(text), Specification.requirements).diagnostics.map {
            "\($0.code.rawValue) \($0.message)"
        }
    }
    @Test func whole() throws {
        let (vectors, problems) = WireVector.load(source(Self.good), Specification.requirements)
        let one = try #require(vectors.first)
        #expect(problems.isEmpty && one.name == "one" && one.requirements == ["NANO-16"] && one.isAccepted)
        #expect(one.provenance == "made by hand" && one.span.start.line == 1)
    }
    @Test(
        arguments: [
            (
                "  provenance: made by hand\n", "",
                "MS0102 a vector of the wire needs `provenance`: where its bytes are from"
            ),
            ("provenance: made by hand", "provenance: ''", "MS0103 provenance is empty"),
            ("[NANO-16]", "[NANO-998]", "MS0111 unknown requirement `NANO-998`"),
            ("[NANO-16]", "[]", "MS0103 a vector covers at least one requirement"),
            ("expect: accept", "expect: maybe", "MS0103 unknown expect `maybe`"),
            ("bytes: \"0x00\"", "byte: \"0x00\"", "MS0101 unknown key of a vector of the wire `byte`"),
            ("- name: one", "- name: [one]", "MS0100 name is a single value, this is a list"),
        ])
    func mistakes(_ from: String, _ to: String, _ wanted: String) {
        let all = told(Self.good.replacing(from, with: to))
        #expect(all.contains(wanted), "\(all)")
    }
    /// YAML reads a hexadecimal number without quotes as an integer. The loader reports it at each place.
    @Test(
        arguments: [
            ("\"0x00\"", "0x00", "f:5:10"), ("\"0x00\"", "-0X0_0", "f:5:10"), ("[1, 2]", "[1, 0x5243]", "f:6:27"),
            ("\"0x00\"", "0x", "f:5:10"),
        ])
    func unquoted(_ from: String, _ to: String, _ place: String) throws {
        let file = SourceFile(name: "f", bytes: Array(Self.good.replacing(from, with: to).utf8))
        let first = try #require(WireVector.load(file, Specification.requirements).diagnostics.first)
        #expect(first.message == "YAML reads a hexadecimal number without quotes as an integer")
        #expect(first.label == "put quotes around it" && first.severity == .error)
        #expect("\(first.file):\(first.span.start.line):\(first.span.start.column)" == place)
    }
    @Test(arguments: ["\"5243\"", "\"0x5\"", "\"0x5g\"", "[1]"]) func badBytes(_ bytes: String) {
        let all = told(Self.good.replacing("\"0x00\"", with: bytes))
        #expect(all == ["MS0103 bytes are hexadecimal digits, two for each byte: \"0x5243\""])
    }
    /// Values follow JSON. A value in quotes is text.
    @Test func values() throws {
        let fields =
            #"{"a": "0x0A", "b": "9007199254740993", "c": 7, "d": -1, "e": "7", "f": [true, null, word], "g": 1.50}"#
        let text = Self.good.replacing(#"{"a": {"b": [1, 2]}}"#, with: fields) + "\n  by: message"
        let (vectors, problems) = WireVector.load(source(text), Specification.requirements)
        let one = try #require(vectors.first)
        #expect(problems.isEmpty && one.bytes == [0] && one.refusedBy == "message" && one.values.count == 1)
        #expect(
            one.values["fields"] == [
                "a": "0x0A", "b": "9007199254740993", "c": 7, "d": -1, "e": "7", "f": [true, .null, "word"],
                "g": .decimal("1.50"),
            ])
    }
    @Test func topic() throws {
        let file = SourceFile(name: "a/b.c/keepalive.yaml", bytes: Array(Self.good.utf8))
        #expect(WireVector.load(file, Specification.requirements).vectors.first?.topic == "keepalive")
    }
    @Test func shapes() {
        #expect(told("a: 1") == ["MS0100 a file of vectors is a list, this is a map"])
        #expect(told(Self.good + "\n" + Self.good).contains { $0.hasPrefix("MS0114 another vector") })
        #expect(!told("- [").isEmpty)
    }
    static let call = """
        - name: two
          provenance: made by hand
          requirements: [NANO-100]
          expect: accept
          call: nano.account
          arguments: ["0x00"]
          result: nano_1
        """
    @Test func calls() throws {
        let (vectors, problems) = WireVector.load(source(Self.good + "\n" + Self.call), Specification.requirements)
        #expect(problems.isEmpty && vectors.map(\.function) == [nil, "nano.account"])
        #expect(vectors.last?.requirements == ["NANO-100"] && vectors.last?.isAccepted == true)
    }
    @Test(
        arguments: [
            (
                "  arguments: [\"0x00\"]\n", "",
                "MS0102 a vector of a function needs `arguments`: arguments of the call"
            ),
            ("[\"0x00\"]", "\"0x00\"", "MS0100 arguments is a list, this is a single value"),
            ("result: nano_1", "bytes: \"0x00\"", "MS0101 unknown key of a vector of a function `bytes`"),
            (
                "accept", "refuse",
                "MS0103 an accepted call needs a result, and a refused call must not have one"
            ),
            (
                "\n  result: nano_1", "",
                "MS0103 an accepted call needs a result, and a refused call must not have one"
            ),
            ("[NANO-100]", "[NANO-998]", "MS0111 unknown requirement `NANO-998`"),
        ])
    func mistakesOfCalls(_ from: String, _ to: String, _ wanted: String) {
        let all = told(Self.call.replacing(from, with: to))
        #expect(all.contains(wanted), "\(all)")
    }
}
