import Glibc
import TestThreads
import Testing

/// The options of live capture reach the device.
@Suite(.serialized, .enabled(if: CaptureCommandTests.mayCapture), .waits) struct LiveOptionsTests {
    /// Captures three datagrams of 300 bytes and returns the contents of the file.
    func captured(_ options: String) throws -> (Shell.Outcome, [UInt8]) {
        let folder = try Folder()
        let script = try folder.write(
            "run",
            "(for i in $(seq 100); do printf '%0300d' 0 > /dev/udp/127.0.0.1/19; sleep 0.05; done) 2>/dev/null & t=$!\n"
                + "meshspec capture -i lo -f 'udp port 19' -o none -w '\(folder.path)/a.pcap' -c 3 --duration 20 \(options)\n"
                + "s=$?; kill $t; wait; exit $s\n")
        return (try Shell.run("bash '\(script)'"), folder.bytes("a.pcap"))
    }
    @Test(arguments: [("", 342), ("-s 64", 64), ("-s 100 -B 1 --immediate -p", 100)])
    func snapLength(_ options: String, _ length: Int) throws {
        let (out, bytes) = try captured(options)
        #expect(out.status == 0 && out.err.contains("3 packets, 0 dropped by the kernel"), "\(out.err)")
        // The file has a header, and three packets with 16 bytes before each.
        #expect(bytes.count == 24 + 3 * (16 + length), "\(bytes.count)")
    }
}
