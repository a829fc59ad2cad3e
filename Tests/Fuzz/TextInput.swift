import Capture
import Glibc
import Node
import Records
import Scenario
import Wire

@testable import meshspec

/// Text that users write: filters, columns, rules for ports.
enum TextInput {
    /// Columns of every kind.
    static let columns: [FieldReference] = [
        "n", "time", "src", "message", "frame", "length", "offset", "response.node_id", "peers.port", "notes.text",
    ].compactMap { name in
        do throws(FilterError) { return try FieldReference(name, Registry.definitions) } catch { return nil }
    }
    private struct Kept: Sendable {
        var record: Record
        var bytes: [UInt8]
    }
    private struct Keeper: RecordSink {
        var kept: [Kept] = []
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            kept.append(Kept(record: copy record, bytes: bytes.withUnsafeBytes { [UInt8]($0) }))
        }
    }
    /// The records to which filters are applied. They are from the capture in MESHSPEC_FUZZ_CAPTURE.
    private static let records: [Kept] = {
        var keeper = Keeper()
        guard let path = getenv("MESHSPEC_FUZZ_CAPTURE").map({ String(cString: $0) }) else { return [] }
        do throws(CaptureError) {
            var file = try CaptureFile(path)
            var table = FlowTable(Registry.definitions)
            _ = table.read(&file, &keeper)
        } catch { return [] }
        return keeper.kept
    }()

    static func filter(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        Property.check(!records.isEmpty, "MESHSPEC_FUZZ_CAPTURE names no capture")
        do throws(FilterError) {
            let filter = try Filter(text, Registry.definitions)
            // The contrary filter must choose exactly the other records.
            let contrary = try Filter("not (\(text))", Registry.definitions)
            for r in records {
                let holds = filter.matches(r.record, r.bytes.span.bytes)
                Property.check(holds != contrary.matches(r.record, r.bytes.span.bytes), "both or none: \(text)")
            }
        } catch {
            let range = error.range
            Property.check(
                range.lowerBound >= 0 && range.lowerBound <= range.upperBound && !error.message.isEmpty,
                "\(range): \(error.message)")
            // The command prints the message in this form.
            Property.checkPrintable(Array(Printable.text(error.message).utf8), "message of a filter")
        }
    }
    static func words(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        do throws(DecodeAsError) { _ = try DecodeAs(text) } catch {
            Property.checkPrintable(Array(Printable.text("\(error)").utf8), "message of a rule")
        }
        do throws(FilterError) { _ = try FieldReference(text, Registry.definitions) } catch {
            Property.checkPrintable(Array(Printable.text(error.message).utf8), "message of a column")
        }
    }
    /// Checks statistics that `meshspec merge` reads. Merged with empty ones they stay the same, and they can be
    /// merged with themselves.
    static func statistics(_ input: [UInt8]) {
        do throws(PartialStatisticsError) {
            let part = try PartialStatistics(input)
            var text: [UInt8] = []
            part.write(to: &text)
            var (whole, twice) = (PartialStatistics(), part)
            whole.merge(try PartialStatistics(Array(text.dropLast())))
            var again: [UInt8] = []
            whole.write(to: &again)
            Property.check(text == again, "\(String(decoding: text + again, as: UTF8.self))")
            twice.merge(part)
            twice.write(to: &again)
        } catch {
            Property.checkPrintable(Array(Printable.text(error.description).utf8), "message of statistics")
        }
    }
}
