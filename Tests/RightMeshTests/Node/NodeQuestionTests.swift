import Testing
import Wire

@testable import Node
@testable import RightMesh

/// The result of a question, derived from the answers of a node.
@Suite struct NodeQuestionTests {
    /// Returns the question and its HELLO.
    func asked() throws -> (question: NodeQuestion, hello: Hello) {
        let question = NodeQuestion(Random(seed: 5))
        return (question, try Hello(copying: question.message))
    }
    func ack(of hello: Hello, _ role: Role = .client, _ change: (inout HelloAck) -> Void = { _ in }) -> [UInt8] {
        var ack = HelloAck(peers: Peers([], isSnapshot: true))
        (ack.header.src, ack.header.dst) = (MeshID(repeating: 0xb2), hello.header.src)
        (ack.header.msgID, ack.header.ackID, ack.header.role) = (1, hello.header.msgID, role)
        change(&ack)
        return ack.encoded()
    }
    func fault(_ answer: Answer) -> String? {
        switch answer {
        case .partial(let found), .whole(let found): found.fault
        default: nil
        }
    }
    @Test func answered() throws {
        var (question, hello) = try asked()
        question.hear(ack(of: hello).span.bytes, at: .zero)
        guard case .whole(let found) = question.answer else {
            Issue.record("\(question.answer)")
            return
        }
        #expect(found.identity == MeshID(repeating: 0xb2).array && found.fault == nil)
        #expect(found.kindPlace == "role, byte 5 of its answer")
    }
    /// A message with the id of the asking side is not an answer.
    @Test func fromOurselves() throws {
        var (question, hello) = try asked()
        question.hear(ack(of: hello) { $0.header.src = hello.header.src }.span.bytes, at: .zero)
        guard case .partial(let found) = question.answer else {
            Issue.record("\(question.answer)")
            return
        }
        #expect(found.identity == nil && found.kind == nil && found.fault == "src is the id of who asks")
        // Another message may still be the answer.
        question.hear(ack(of: hello).span.bytes, at: .zero)
        if case .whole(let found) = question.answer { #expect(found.fault == nil) } else { Issue.record("no answer") }
    }
    @Test func wrongType() throws {
        var (question, hello) = try asked()
        var other = Hello(peers: Peers([], isSnapshot: true))
        (other.header.src, other.header.dst) = (MeshID(repeating: 0xb2), hello.header.src)
        question.hear(other.encoded().span.bytes, at: .zero)
        #expect(fault(question.answer) == "a HELLO is answered with HELLO_ACK, and not with type 1")
        // The right answer arrives later.
        question.hear(ack(of: hello).span.bytes, at: .zero)
        if case .whole(let found) = question.answer { #expect(found.fault == nil) } else { Issue.record("no answer") }
    }
    @Test func wrongAckID() throws {
        var (question, hello) = try asked()
        let wrong = hello.header.msgID + 7
        question.hear(ack(of: hello) { $0.header.ackID = wrong }.span.bytes, at: .zero)
        #expect(fault(question.answer) == "ack_id is \(wrong), and \(hello.header.msgID) was asked")
        guard case .partial(let found) = question.answer else {
            Issue.record("\(question.answer)")
            return
        }
        #expect(found.identity == MeshID(repeating: 0xb2).array)
    }
    @Test func wrongChecksum() throws {
        var (question, hello) = try asked()
        var bytes = ack(of: hello)
        bytes[67] ^= 1
        question.hear(bytes.span.bytes, at: .zero)
        #expect(fault(question.answer)?.hasPrefix("body_crc at 64: ") == true, "\(question.answer)")
    }
    @Test func unreadable() throws {
        var (question, hello) = try asked()
        question.hear(ack(of: hello) { $0.header.hopLimit = 0 }.span.bytes, at: .zero)
        #expect(fault(question.answer) == "hop_limit at 6: illegal value 0")
        var (other, _) = try asked()
        other.hear([UInt8]("HTTP/1.1 400 Bad Request".utf8).span.bytes, at: .zero)
        if case .foreign = other.answer {} else { Issue.record("\(other.answer)") }
    }
}
