import Capture
import Glibc
import Nano
import Node
import Wire

@testable import meshspec

/// libFuzzer, which reads the arguments and calls back with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What SwiftPM takes for the entry of this program.
@_cdecl("Fuzz_main")
public func main(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { fuzz($0, $1) }
}

/// What the first byte of an input chooses, in the order of its values.
let decoders = ["file", "pcapng", "pcap", "nano", "rightmesh", "fragments", "filter", "words"]
/// The one that every input is taken for, if MESHSPEC_FUZZ_DECODER names one.
let only = getenv("MESHSPEC_FUZZ_DECODER").flatMap { decoders.firstIndex(of: String(cString: $0)) }

/// One input: the first byte chooses what the rest is taken for. Anything but a normal return is a finding;
/// `Property.check` makes one of what would otherwise pass unseen.
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let rest = Array(bytes[1...])
    switch only ?? Int(bytes[0] & 7) {
    case 0: FileInput.run(rest)
    case 1: FileInput.run(PacketInput.pcapng(rest))
    case 2: FileInput.run(PacketInput.pcap(rest))
    case 3: StreamInput.run(rest, isNano: true)
    case 4: StreamInput.run(rest, isNano: false)
    case 5: FragmentInput.run(rest)
    case 6: TextInput.filter(rest)
    default: TextInput.words(rest)
    }
    return 0
}

/// What must hold of every input.
enum Property {
    /// Ends the process, which libFuzzer takes for a finding, with the reason.
    static func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { fatalError(what()) }
    }
    /// Text for a terminal: nothing that moves the cursor, changes colours or turns the reading direction.
    static func checkPrintable(_ text: [UInt8], _ form: String) {
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            let bad =
                scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7f..<0xa0).contains(scalar.value)
                || (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                || scalar.value == 0x200e || scalar.value == 0x200f || scalar.value == 0x061c
            check(!bad, "\(form) has U+\(String(scalar.value, radix: 16))")
        }
    }
}
