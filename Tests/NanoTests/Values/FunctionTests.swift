import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// NANO-58, NANO-60, NANO-64, NANO-71, NANO-100, NANO-102: the functions of expressions give published values, and the
/// values of a separate implementation.
@Test(arguments: Vector.calls)
func functionVector(vector: Vector) throws {
    let function = try #require(Definition.nano.playing.functions.first { $0.name == vector.function })
    guard case .list(let arguments) = vector.value("arguments") else {
        Issue.record("\(vector.name) has no arguments")
        return
    }
    #expect(function.arguments.contains(arguments.count))
    if vector.isAccepted {
        #expect(try function.apply(arguments).asInVectors == vector.value("result").asInVectors)
    } else {
        #expect(throws: ProtocolFunction.Refusal.self) { try function.apply(arguments) }
    }
}

@Test func everyFunctionHasVectors() {
    for function in Definition.nano.playing.functions {
        #expect(Vector.calls.contains { $0.function == function.name && $0.isAccepted }, "\(function.name)")
        #expect(function.usage.hasPrefix(function.name + "("))
    }
    for vector in Vector.calls {
        #expect(!vector.provenance.isEmpty && vector.requirements.allSatisfy { $0.hasPrefix("NANO-") })
    }
}

/// NANO-100: each key can be read from its text, and no character of the text can be different.
@Test func accountsThereAndBack() throws {
    var random = Random(seed: 0x5eed, "accounts")
    for round in 0..<60 {
        let key = random.key32()
        let prefix = AccountText.prefixes[round % 3]
        let text = AccountText.text(key, prefix: prefix)
        #expect(text.utf8.count == prefix.utf8.count + 60)
        #expect(AccountText.key(text) == key)
        let array = key.array
        guard case .form(let form) = round % 3 == 2 ? FieldMeaning.nodeID : .account else { continue }
        let beginning = form.short(array)
        #expect(beginning?.dropFirst(5) == "\(text.dropFirst(prefix.utf8.count).prefix(8))..")
        #expect(beginning?.prefix(5) == (round % 3 == 2 ? "node_" : "nano_"))
        #expect(form.short(Array(array.dropLast())) == nil)
        var characters = Array(text.utf8)
        for i in characters.indices {
            let good = characters[i]
            characters[i] = good == UInt8(ascii: "1") ? UInt8(ascii: "3") : UInt8(ascii: "1")
            #expect(AccountText.key(String(decoding: characters, as: UTF8.self)) == nil, "\(text) \(i)")
            characters[i] = good
        }
    }
}

/// A function refuses arguments of another type with a message, and never traps.
@Test func functionsRefuseAnything() {
    let values: [Value] = [
        .null, .bool(true), .uint(.max), .int(-1), .text(""), .text("0x"), .text("state"), .bytes([]), .list([]),
        .map([]),
        .bytes([UInt8](repeating: 0xff, count: 32)), .list([.list([])]), .map([.init("link", .uint(1))]),
    ]
    // This function would otherwise search for work.
    for function in Definition.nano.playing.functions {
        for a in values {
            for b in values {
                for count in function.arguments {
                    let arguments = Array([a, b, b].prefix(count))
                    if let value = try? function.apply(arguments) { #expect(value != .null) }
                }
            }
        }
    }
}
