import Capture
import Node
import Records

/// The threads of a `RecordWriter`. Each thread has its own renderer, and their output is merged in order.
struct RecordThreads {
    let pipeline: RecordPipeline
    private let end: End

    /// The merged output and the number of records in it.
    private final class End {
        var output: Output
        var count = 0
        init(_ output: Output) { self.output = output }
    }
    private struct Work: RecordWork {
        var renderer: any RecordRenderer
        let filter: Filter?
        mutating func make(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) -> Bool {
            guard filter?.matches(record, bytes) ?? true else { return false }
            renderer.render(record, bytes, to: &out)
            return true
        }
    }

    init(_ options: DecodeOptions, _ output: Output, isPrompt: Bool) {
        let end = End(output)
        self.end = end
        pipeline = RecordPipeline(
            threads: options.threads, isPrompt: isPrompt, size: options.batch,
            work: { Work(renderer: options.renderer, filter: options.filter) }
        ) { bytes, chosen in
            end.count += chosen
            end.output.write(&bytes)
            if isPrompt { end.output.flush() }
            return end.output.isOpen
        }
    }
    /// Waits for the threads, and returns the output and the number of records.
    func finish() -> (Output, Int) {
        pipeline.finish()
        return (end.output, end.count)
    }
}
