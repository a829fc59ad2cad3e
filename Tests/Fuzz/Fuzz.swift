import Capture
import Glibc
import Nano
import Node
import TestLayers
import Wire

@testable import meshspec

/// Runs libFuzzer, which reads the arguments and calls `body` with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The entry point of this program, under the name that SwiftPM gives it.
@_cdecl("Fuzz_main")
public func main(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { fuzz($0, $1) }
}

/// The decoders. The first byte of an input is the index of its decoder, modulo their number.
let decoders: [(name: String, run: @Sendable ([UInt8]) -> Void)] = [
    ("file", FileInput.run), ("pcapng", { FileInput.run(PacketInput.pcapng($0)) }),
    ("pcap", { FileInput.run(PacketInput.pcap($0)) }), ("nano", { StreamInput.run($0, .nano, port: 7075) }),
    ("rightmesh", { StreamInput.run($0, .nano, port: 5555) }), ("fragments", FragmentInput.run),
    ("filter", TextInput.filter), ("words", TextInput.words), ("websocket", WebSocketInput.capture),
    ("layers", { StreamInput.run($0, .nano.inEnvelopes(), port: 7075) }), ("session", WebSocketInput.session),
    ("tls", TLSInput.capture), ("keylog", TLSInput.keyLog),
    ("dxos", DXOSInput.capture), ("signal", DXOSInput.nodes), ("peerpigeon", PeerPigeonInput.capture),
    ("hub", PeerPigeonInput.hub), ("libp2p", Libp2pInput.capture), ("ends", Libp2pInput.ends),
    ("rpc", Libp2pInput.rpcs), ("identities", Libp2pInput.identities),
    ("statistics", TextInput.statistics), ("stun", WebRTCInput.stun), ("dtls", WebRTCInput.dtls),
    ("sctp", WebRTCInput.sctp), ("sdp", WebRTCInput.sdp), ("usrsctp", ChannelInput.association),
    ("channels", ChannelInput.channels), ("datagrams", ChannelInput.datagrams),
]
/// The index of the decoder for every input, if MESHSPEC_FUZZ_DECODER names one.
let only: Int? = {
    guard let name = getenv("MESHSPEC_FUZZ_DECODER").map({ String(cString: $0) }), !name.isEmpty else { return nil }
    if let i = decoders.firstIndex(where: { $0.name == name }) { return i }
    let text = Array("no decoder \(name): \(decoders.map(\.name).joined(separator: ", "))\n".utf8)
    write(STDERR_FILENO, text, text.count)
    exit(2)
}()

/// Decodes one input. If this function does not return normally, libFuzzer reports a finding. `Property.check` ends
/// the process on errors that would otherwise remain unnoticed.
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    decoders[only ?? Int(bytes[0]) % decoders.count].run(Array(bytes[1...]))
    return 0
}

/// The properties that every input must have.
enum Property {
    /// Ends the process with the reason if the property does not hold. libFuzzer then reports a finding.
    static func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { fatalError(what()) }
    }
    /// Checks that text for a terminal does not move the cursor, change colours or change the reading direction.
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

/// A part of the program in virtual time, which wakes at its own deadlines.
protocol Timed {
    var now: Instant { get set }
    /// The next time at which it wants to wake.
    var due: Instant? { get }
    mutating func wake()
}

extension Timed {
    /// Lets a time pass. It must not wake more often than `limit` times.
    mutating func pass(_ time: Duration, limit: Int = 10_000) {
        let end = now + time
        var turns = 0
        while let due, due <= end {
            turns += 1
            Property.check(turns < limit, "wakes again and again at \(now)")
            now = max(now, due)
            wake()
        }
        now = end
    }
}
