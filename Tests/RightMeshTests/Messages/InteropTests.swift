import Glibc
import Testing
import VectorFiles
import Wire

@testable import Node
@testable import RightMesh

private let folder = getenv("MESHSPEC_RMPX").map { String(cString: $0) }

/// Answers the questions of Tests/Interop/rightmesh/check.py, which compares the answers with another implementation.
@Suite(.enabled(if: folder != nil)) struct RightMeshInterop {
    @Test func answers() throws {
        let folder = try #require(folder)
        let out = try #require(fopen(folder + "/answers.jsonl", "w"))
        defer { fclose(out) }
        for line in Vector.content(folder + "/questions.jsonl").split(separator: "\n") {
            let question = try #require(JSON.parse(Array(line.utf8)))
            var text: [UInt8] = []
            ValueJSON.write(answer(question).asInVectors, to: &text)
            text.append(UInt8(ascii: "\n"))
            fwrite(text, 1, text.count, out)
        }
    }
    private func answer(_ question: Value) -> Value {
        guard case .text(let ask) = question["ask"] else { return .text("no question") }
        switch ask {
        case "datagrams":
            guard case .text(let name) = question["message"], let type = Definition.rightmesh.message(name),
                let fields = question["fields"], let most = question["max_datagram"]?.integer
            else { return .text("no question") }
            let (bytes, errors) = type.encode(fields)
            guard errors == [] else { return .text("\(errors)") }
            do {
                return .list(
                    try Fragmenter.split(bytes.span.bytes, maxDatagram: Int(clamping: most)).map { .bytes($0) })
            } catch { return .text("\(error)") }
        case "fields":
            guard case .list(let datagrams) = question["datagrams"] else { return .text("no question") }
            var reassembler = Reassembler()
            for d in datagrams {
                guard let bytes = Bytes(d)?.own,
                    case .message(let whole) = reassembler.receive(bytes.span.bytes, from: .loopback(1), now: .zero),
                    let type = whole.header.type.message
                else { continue }
                return type.dissect(whole.bytes).fields(in: whole.bytes.span.bytes)
            }
            return .text("no message")
        default:
            guard let function = Definition.rightmesh.playing.functions.first(where: { $0.name == ask }),
                case .list(let arguments) = question["arguments"]
            else { return .text("no question") }
            do { return try function.apply(arguments) } catch { return .text(error.reason) }
        }
    }
}
