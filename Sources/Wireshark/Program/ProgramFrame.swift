import Wire

/// The length of a message in a stream, computed from the fields at its beginning.
struct ProgramFrame: Sendable {
    /// The number of bytes that are needed to compute the length.
    var header: Int
    /// The length of the whole message in bytes.
    var length: ProgramExpression
    /// The condition that the message belongs to the protocol; nil if it always does.
    var accepted: ProgramExpression?
    /// The controls of the expressions: numbers in the fields of the header.
    var controls: [Program.Control]
    /// The offsets of the fields of the header, by their key.
    var offsets: [String: Int]
    /// The keys of the little-endian fields.
    var little: Set<String>
}

extension Program {
    /// Returns the steps at the beginning of every message of this type that always have the same position, up to
    /// `count` bytes.
    func beginning(_ count: Int) -> [(step: ProgramStep, offset: Int, size: Int)] {
        var at = 0
        var out: [(step: ProgramStep, offset: Int, size: Int)] = []
        for step in steps where step.operation != .require {
            guard case .fixed(_, let encoding, let size) = step.operation, encoding != .varint,
                step.attributes[.there] == nil, step.attributes[.present] == nil, at + size <= count
            else { break }
            out.append((step, at, size))
            at += size
        }
        return out
    }
    /// Returns the frame of a message that may begin with `bytes`; nil if no expression for its length was found.
    /// `length` returns the length of the whole message from the first `header` bytes. Code points with names are not
    /// varied.
    func frame(
        from bytes: [UInt8], header: Int, length: @escaping ([UInt8]) -> Int?
    ) -> ProgramFrame? {
        let fields = beginning(header)
        guard fields.last.map({ $0.offset + $0.size == header }) ?? false, bytes.count >= header else { return nil }
        let key = "frame"
        let recorder = ProgramRecorder { inputs in
            var run = ProgramRun()
            var message = Array(bytes.prefix(header))
            for (step, offset, size) in fields {
                guard step.expected == nil, size <= 4, case .fixed(.uint, let encoding, _) = step.operation else {
                    continue
                }
                let control = Control(
                    key: step.key, source: .number(bits: 8 * size), step: step.key, name: step.name)
                var n = 0
                for i in 0..<size {
                    n = n << 8 | Int(message[offset + (encoding == .little ? size - 1 - i : i)])
                }
                n = inputs[step.key] ?? n
                run.controls.append(control)
                run.values[step.key] = n
                for i in 0..<size {
                    let shift = 8 * (encoding == .little ? i : size - 1 - i)
                    message[offset + i] = UInt8(truncatingIfNeeded: n >> shift)
                }
            }
            run.steps = [ProgramStep(name: key, operation: .message, key: key)]
            let count = length(message)
            run.attributes[key] = [.good: count == nil ? 0 : 1]
            if let count { run.attributes[key]?[.count] = count }
            return run
        }
        recorder.explore()
        guard let step = recorder.fitted().first, step.untold.isEmpty, let count = step.attributes[.count] else {
            return nil
        }
        return ProgramFrame(
            header: header, length: count, accepted: step.attributes[.good], controls: recorder.controls,
            offsets: Dictionary(fields.map { ($0.step.key, $0.offset) }) { a, _ in a },
            little: Set(
                fields.compactMap { field in
                    if case .fixed(_, .little, _) = field.step.operation { field.step.key } else { nil }
                }))
    }
}
